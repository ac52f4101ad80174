import { z } from "zod/v4";
import type { ListParameters } from "../../clerk/directory.ts";
import { PAGE_SIZE } from "../../clerk/directory.ts";

/** One user of a page, as far as the pass over the changes is concerned. */
export interface Changed {
  id: string;
  updatedAt: number;
}

/** The users that were listed at one `updated_at`. */
const momentSchema = z.object({ at: z.number(), ids: z.array(z.string()) });
type Moment = z.infer<typeof momentSchema>;

/**
 * Where a pass over the users that changed stands, as plain data; times in ms of Clerk's. It reads from the newest
 * `updated_at` downwards by offset, since Clerk has neither a filter nor a cursor for that order, and begins again at the
 * top, a ROUND, until one page holds all that changed meanwhile, or nothing did.
 */
export const changesSchema = z.object({
  /** Counted from 1. */
  round: z.number(),
  /** The round ends below this `updated_at`; null = with the oldest. */
  downTo: z.number().nullable(),
  offset: z.number(),
  /** The newest moment of the round's first page. */
  top: momentSchema.nullable(),
  /** The oldest moment that the round reached. */
  lowest: momentSchema.nullable(),
  /** The round brought changes that no round before it did. */
  news: z.boolean(),
  /** Reads in a row that brought nothing. */
  idle: z.number(),
  /** The newest moment of the rounds before: up to there the changes are counted. */
  counted: momentSchema.nullable(),
  /** From where the next pass goes on, once this one is complete. */
  mark: z.number().nullable(),
});
export type Changes = z.infer<typeof changesSchema>;

/**
 * `mark` = the high-water mark to go on from, null where there was never anybody. An incomplete pass has none. One that is
 * too long to go on by offset needs a walk over everybody in its place.
 */
export type Next =
  | { state: "open"; changes: Changes }
  | { state: "too_long"; changes: Changes }
  | { state: "complete"; mark: number | null }
  | { state: "incomplete" };

// Clerk's replicas, and transactions that overtake each other, show a change later than its `updated_at`.
const LAG_MS = 60_000;
// Overlap of pages: a user who is deleted moves those behind up by one.
const OVERLAP = 10;
const STEP_BACK = PAGE_SIZE / 2;
const ROUNDS = 5;
const IDLE_READS = 200;
// Clerk's description of `GET /v1/users`: a large offset "gets progressively slower and eventually times out".
const OFFSET_AT_MOST = 20_000;

/** @param since the high-water mark, in ms: the pass goes a minute below it; null = everybody */
export const openChanges = (since: number | null): Changes => ({
  ...openRound(since),
  round: 1,
  counted: null,
  mark: since,
});

const openRound = (since: number | null) => ({
  downTo: since === null ? null : since - LAG_MS,
  offset: 0,
  top: null,
  lowest: null,
  news: false,
  idle: 0,
});

/** What to ask Clerk for next. */
export const nextRequest = ({ offset }: Changes): ListParameters => ({
  order_by: "-updated_at",
  limit: PAGE_SIZE,
  offset: offset === 0 ? undefined : offset,
});

/**
 * One page further.
 *
 * - `apply` is what must be written; a change may come again.
 * - `count` are those of them that count: each change, a user at one `updated_at`, once over the whole pass. One that a
 *   lagging replica showed only after the pass had gone below it is written without being counted.
 *
 * @param size how many users Clerk listed, those that could not be read included: they are no part of `page`, but a page
 * is short only where Clerk made it so
 */
export function advance(
  changes: Changes,
  page: readonly Changed[],
  size = page.length,
): { apply: Changed[]; count: Changed[]; next: Next } {
  const { downTo, counted, offset } = changes;
  if (!continues(changes, page, size)) {
    return { apply: [], count: [], next: idle({ ...changes, offset: Math.max(0, offset - STEP_BACK) }) };
  }
  const within = ({ updatedAt }: Changed) => downTo === null || updatedAt >= downTo;
  const apply = page.filter(within);
  const fresh = page.filter(isBelow(changes.lowest));
  const count = fresh.filter(within).filter(isAbove(counted));

  const moved = {
    ...changes,
    ...lowerBy(changes, fresh),
    news: changes.news || count.length > 0,
    offset: offset + PAGE_SIZE - OVERLAP,
  };
  const last = page.at(-1);
  const ends = size < PAGE_SIZE || (last !== undefined && !within(last));
  if (ends) return { apply, count, next: afterRound(moved, offset === 0) };
  if (moved.offset > OFFSET_AT_MOST) return { apply, count, next: { state: "too_long", changes: moved } };
  return { apply, count, next: fresh.length === 0 ? idle(moved) : { state: "open", changes: { ...moved, idle: 0 } } };
}

/**
 * The users of a walk that count where it takes the place of a pass that is too long: those whose change the pass has not
 * counted, whether it lies below the page that it reached, or came since its round began.
 */
export function uncounted<User extends Changed>(
  { downTo, counted, lowest, top }: Changes,
  users: readonly User[],
): User[] {
  const [isNew, isBelowRound, isSinceRound] = [isAbove(counted), isBelow(lowest), isAbove(top)];
  return users.filter(
    (user) =>
      (downTo === null || user.updatedAt >= downTo) && isNew(user) && (isBelowRound(user) || isSinceRound(user)),
  );
}

/**
 * Whether nobody was left out between the round so far and this page: it begins above the lowest moment, or within it
 * with somebody known. An empty page continues nothing; as a round's first it is believed the second time.
 */
function continues({ lowest, idle }: Changes, [first]: readonly Changed[], size: number): boolean {
  if (!lowest) return size > 0 || idle > 0;
  return first !== undefined && !isBelow(lowest)(first);
}

const isBelow = (moment: Moment | null) => {
  const known = new Set(moment?.ids);
  return ({ id, updatedAt }: Changed) =>
    !moment || updatedAt < moment.at || (updatedAt === moment.at && !known.has(id));
};

const isAbove = (moment: Moment | null) => {
  const known = new Set(moment?.ids);
  return ({ id, updatedAt }: Changed) =>
    !moment || updatedAt > moment.at || (updatedAt === moment.at && !known.has(id));
};

function lowerBy({ top, lowest, mark, round }: Changes, fresh: Changed[]): Partial<Changes> {
  const [first, last] = [fresh[0], fresh.at(-1)];
  if (!first || !last) return {};
  return {
    top: gather(top ?? { at: first.updatedAt, ids: [] }, fresh),
    lowest: gather(lowest?.at === last.updatedAt ? lowest : { at: last.updatedAt, ids: [] }, fresh),
    // The first round's: a lower mark can only make the next pass read more, never skip a change.
    mark: round === 1 && !top ? first.updatedAt : mark,
  };
}

const gather = ({ at, ids }: Moment, fresh: Changed[]): Moment => ({
  at,
  ids: [...ids, ...fresh.filter(({ updatedAt }) => updatedAt === at).map(({ id }) => id)],
});

const idle = (changes: Changes): Next =>
  changes.idle + 1 < IDLE_READS
    ? { state: "open", changes: { ...changes, idle: changes.idle + 1 } }
    : { state: "incomplete" };

/** A round of one page, or without news, saw all that there was at its beginning; what came later is the next pass's. */
function afterRound({ round, top, counted, mark, news }: Changes, onePage: boolean): Next {
  if (onePage || !news || round === ROUNDS) return { state: "complete", mark };
  return {
    state: "open",
    changes: { ...openRound(top?.at ?? mark), round: round + 1, counted: newer(counted, top), mark },
  };
}

/** The newer of two moments; both, where they are one. */
function newer(before: Moment | null, now: Moment | null): Moment | null {
  if (!before || !now) return now ?? before;
  if (before.at !== now.at) return before.at > now.at ? before : now;
  return { at: now.at, ids: [...before.ids, ...now.ids] };
}
