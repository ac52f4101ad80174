import { z } from "zod/v4";
import type { ListParameters } from "../../clerk/directory.ts";
import { PAGE_SIZE } from "../../clerk/directory.ts";

const listedSchema = z.object({ id: z.string(), createdAt: z.number() });

/** One user of a page, as far as the walk is concerned. */
export type Listed = z.infer<typeof listedSchema>;

/**
 * Where a walk over the users created in [lo, hi) stands, as plain data; times in ms of Clerk's. Pages follow each other
 * by a cursor, Clerk's `starting_after`. Where Clerk refuses it (its user is gone), and for the last reads, the walk goes
 * on by time.
 */
export const walkSchema = z.object({
  /** null = open downwards. */
  lo: z.number().nullable(),
  hi: z.number(),
  /** No window follows: what was created at `hi` or later and was not listed is missing, too. */
  isLast: z.boolean(),
  /** The last user that was listed. */
  cursor: listedSchema.nullable(),
  via: z.enum(["cursor", "time"]),
  /** Those listed at the cursor's `createdAt`: of a page that begins there only the others count. */
  tail: z.array(z.string()),
  /** How far into milliseconds that fill a page and more. */
  offset: z.number(),
  /** The last page was short; a second short one that brings nobody new ends the window. */
  short: z.boolean(),
  refusals: z.number(),
  /** Rows created up to then are judged; null = none yet. */
  judged: z.number().nullable(),
});
export type Walk = z.infer<typeof walkSchema>;

/**
 * Of the rows created in (above, upTo], those that are not in `alive` were not listed. null = open: `above` downwards,
 * `upTo` upwards.
 */
export interface Judgement {
  above: number | null;
  upTo: number | null;
  alive: string[];
}

export const openWalk = (lo: number | null, hi: number, isLast: boolean): Walk => ({
  lo,
  hi,
  isLast,
  cursor: null,
  via: "time",
  tail: [],
  offset: 0,
  short: false,
  refusals: 0,
  judged: lo === null ? null : lo - 1,
});

// Overlap of pages by offset: a user who is deleted while a millisecond is read moves the others up by one.
const OFFSET_OVERLAP = 50;
// After so many refused cursors in one window somebody deletes faster than the cursor walks: time alone is steadier.
const REFUSALS = 2;

/** What to ask Clerk for next. Filters by time are asked one ms wider than meant, since Clerk's may include or exclude their bound. */
export function nextRequest({ cursor, via, lo, hi, offset }: Walk): ListParameters {
  const page = { order_by: "+created_at", limit: PAGE_SIZE } as const;
  if (via === "cursor" && cursor) return { ...page, starting_after: cursor.id };
  const from = cursor?.createdAt ?? lo;
  return {
    ...page,
    created_at_after: from === null ? undefined : from - 1,
    created_at_before: hi + 1,
    offset: offset === 0 ? undefined : offset,
  };
}

/** Clerk refused the cursor. */
export const afterRefusal = (walk: Walk): Walk => ({ ...walk, via: "time", refusals: walk.refusals + 1 });

/** A page that begins before the cursor, or with a user who was listed, is no continuation of it: Clerk started over. */
export const startsOver = ({ via, cursor, tail }: Walk, [first]: readonly Listed[]): boolean =>
  via === "cursor" &&
  cursor !== null &&
  first !== undefined &&
  (first.createdAt < cursor.createdAt || tail.includes(first.id));

/**
 * One page further: the users that were not listed before, what the page says about rows that were not listed (null where
 * it says nothing new), and where the walk stands then; null at the window's end.
 *
 * @param size how many users Clerk listed, those that could not be read included: they are no part of `page`, but a page
 * is short only where Clerk made it so
 */
export function advance(
  walk: Walk,
  page: readonly Listed[],
  size = page.length,
): { fresh: Listed[]; judge: Judgement | null; walk: Walk | null } {
  const full = size === PAGE_SIZE && (page.at(-1)?.createdAt ?? 0) < walk.hi;
  const fresh = newIn(walk, page);
  const last = fresh.at(-1);
  if (!full && walk.short && !last) {
    return { fresh, judge: judgeUpTo(walk.isLast ? null : walk.hi - 1, walk, fresh), walk: null };
  }

  // The last user's millisecond may go on beyond the page, so it is judged with the next one.
  const judge = last ? judgeUpTo(last.createdAt - 1, walk, fresh) : null;
  const moved = {
    ...walk,
    ...(last && advanceTo(last, walk, fresh)),
    short: !full,
    judged: judge?.upTo ?? walk.judged,
  };
  return { fresh, judge, walk: full ? { ...moved, ...behindFullPage(walk, last) } : { ...moved, via: "time" } };
}

function newIn({ lo, hi, cursor, tail }: Walk, page: readonly Listed[]): Listed[] {
  const known = new Set(tail);
  return page
    .filter(({ createdAt }) => (lo === null || createdAt >= lo) && createdAt < hi)
    .filter(
      ({ id, createdAt }) =>
        !cursor || createdAt > cursor.createdAt || (createdAt === cursor.createdAt && !known.has(id)),
    );
}

function judgeUpTo(upTo: number | null, { judged, tail }: Walk, fresh: Listed[]): Judgement | null {
  if (upTo !== null && judged !== null && upTo <= judged) return null;
  const listed = fresh.filter(({ createdAt }) => upTo === null || createdAt <= upTo);
  return { above: judged, upTo, alive: [...tail, ...listed.map(({ id }) => id)] };
}

function advanceTo(last: Listed, { cursor, tail, offset }: Walk, fresh: Listed[]): Partial<Walk> {
  const sameMoment = cursor?.createdAt === last.createdAt;
  const ids = fresh.filter(({ createdAt }) => createdAt === last.createdAt).map(({ id }) => id);
  return { cursor: last, tail: [...(sameMoment ? tail : []), ...ids], offset: sameMoment ? offset : 0 };
}

function behindFullPage({ cursor, offset, refusals }: Walk, last: Listed | undefined): Partial<Walk> {
  if (last && refusals < REFUSALS) return { via: "cursor" };
  // A page that does not leave the cursor's millisecond: go on behind it.
  const stays = !last || last.createdAt === cursor?.createdAt;
  return { via: "time", ...(stays && { offset: offset + PAGE_SIZE - OFFSET_OVERLAP }) };
}
