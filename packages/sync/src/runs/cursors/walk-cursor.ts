import { z } from "zod/v4";
import type { ListParameters } from "../../clerk/directory.ts";
import { PAGE_SIZE } from "../../clerk/directory.ts";

const listedSchema = z.object({ id: z.string(), createdAt: z.number() });

/** One user of a page, as the walk sees them. */
export type Listed = z.infer<typeof listedSchema>;

/**
 * The state of a walk over the users created in [lo, hi), as plain data; times in ms on Clerk's clock. Pages follow each other by
 * a cursor, Clerk's `starting_after`. If Clerk refuses it (its user is gone), and for the last reads, the walk continues by time.
 */
export const walkSchema = z.object({
  /** null = open downwards. */
  lo: z.number().nullable(),
  hi: z.number(),
  /** No window follows: users created at `hi` or later who were not listed are missing, too. */
  isLast: z.boolean(),
  /** The last listed user. */
  cursor: listedSchema.nullable(),
  via: z.enum(["cursor", "time"]),
  /** The users listed at the cursor's `createdAt`: if a page begins there, only other users count. */
  tail: z.array(z.string()),
  /** The offset within a millisecond that fills more than a page. */
  offset: z.number(),
  /** The last page was short. A second short one without a new user ends the window. */
  short: z.boolean(),
  refusals: z.number(),
  /** Rows created up to this time are judged; null = none yet. */
  judged: z.number().nullable(),
});
export type Walk = z.infer<typeof walkSchema>;

/** Rows created in (above, upTo] that are not in `alive` were not listed. null = open: `above` downwards, `upTo` upwards. */
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

// Overlap of pages by offset: when a user is deleted while a millisecond is read, the others move up by one.
const OFFSET_OVERLAP = 50;
// After this many refused cursors in one window, users are deleted faster than the cursor walks: time is steadier.
const REFUSALS = 2;

/**
 * The next request to Clerk. Its time filters are one ms wider than needed, because Clerk may include or exclude their bounds.
 */
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

/** A page that begins before the cursor, or with a listed user, does not continue it: Clerk started over. */
export const startsOver = ({ via, cursor, tail }: Walk, [first]: readonly Listed[]): boolean =>
  via === "cursor" &&
  cursor !== null &&
  first !== undefined &&
  (first.createdAt < cursor.createdAt || tail.includes(first.id));

/**
 * Advances by one page: the users that were not listed before, what the page says about rows that were not listed (null if
 * nothing new), and the walk's next state (null at the window's end).
 *
 * @param size how many users Clerk listed, including unreadable ones: they are not in `page`, but a page is short only if Clerk
 * made it short
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

  // The last user's millisecond may continue on the next page, so it is judged with that page.
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
  // A page that does not leave the cursor's millisecond: continue after it.
  const stays = !last || last.createdAt === cursor?.createdAt;
  return { via: "time", ...(stays && { offset: offset + PAGE_SIZE - OFFSET_OVERLAP }) };
}
