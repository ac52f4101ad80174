import { z } from "zod/v4";
import type { ListParameters } from "../../clerk/directory.ts";
import { PAGE_SIZE } from "../../clerk/directory.ts";

/** One user of a page, as the pass over the changes sees them. */
export interface Changed {
  id: string;
  updatedAt: number;
}

/** The users that were listed at one `updated_at`. */
const momentSchema = z.object({ at: z.number(), ids: z.array(z.string()) });
type Moment = z.infer<typeof momentSchema>;

/**
 * The state of a pass over the changed users, as plain data; times in ms on Clerk's clock. It reads from the newest `updated_at`
 * downwards by offset, because Clerk has neither a filter nor a cursor for that order. Then it starts again at the top, in a new
 * ROUND, until one page contains everything that changed meanwhile, or nothing did.
 */
export const changesSchema = z.object({
  /** Counted from 1. */
  round: z.number(),
  /** The round ends below this `updated_at`; null = at the oldest. */
  downTo: z.number().nullable(),
  offset: z.number(),
  /** The newest `updated_at` of the round's first page. */
  top: momentSchema.nullable(),
  /** The oldest `updated_at` that the round reached. */
  lowest: momentSchema.nullable(),
  /** The round found changes that no earlier round found. */
  news: z.boolean(),
  /** Consecutive reads without a new change. */
  idle: z.number(),
  /** The newest `updated_at` of the earlier rounds: changes up to it are counted. */
  counted: momentSchema.nullable(),
  /** Where the next pass starts, once this one is complete. */
  mark: z.number().nullable(),
});
export type Changes = z.infer<typeof changesSchema>;

/**
 * `mark` = the high-water mark that the next pass starts from, null if there was never a user. An incomplete pass has none. If
 * the pass is too long to continue by offset, a walk over all users must replace it.
 */
export type Next =
  | { state: "open"; changes: Changes }
  | { state: "too_long"; changes: Changes }
  | { state: "complete"; mark: number | null }
  | { state: "incomplete" };

// Clerk's replicas lag, and transactions overtake each other: a change may become visible later than its `updated_at`.
const LAG_MS = 60_000;
// Overlap of pages: when a user is deleted, the users behind them move up by one.
const OVERLAP = 10;
const STEP_BACK = PAGE_SIZE / 2;
const ROUNDS = 5;
const IDLE_READS = 200;
// Clerk's description of `GET /v1/users`: a large offset "gets progressively slower and eventually times out".
const OFFSET_AT_MOST = 20_000;

/** @param since the high-water mark, in ms: the pass reads to a minute below it; null = all users */
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

/** The next request to Clerk. */
export const nextRequest = ({ offset }: Changes): ListParameters => ({
  order_by: "-updated_at",
  limit: PAGE_SIZE,
  offset: offset === 0 ? undefined : offset,
});

/** Advances by one page.
 *
 * - `apply` are the users to write; a change may appear again.
 * - `count` are those of them that count: each change (a user at one `updated_at`) once in the whole pass. If a lagging replica
 *   showed a change only after the pass had read below it, the change is written but not counted.
 *
 * @param size how many users Clerk listed, including unreadable ones: they are not in `page`, but a page is short only if Clerk
 * made it short
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
 * The users of a walk that count if the walk replaces a pass that is too long: those whose change the pass has not counted,
 * because it is below the last page, or newer than the start of the round.
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
 * Whether no user was left out between the round so far and this page: the page begins above the lowest `updated_at`, or within
 * it with a known user. An empty page continues nothing; as a round's first page, it is believed the second time.
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
    // The mark is the first round's: a lower mark can only make the next pass read more, never skip a change.
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

/**
 * A round of one page, or without new changes, saw everything that existed when it started. The next pass reads what came later.
 */
function afterRound({ round, top, counted, mark, news }: Changes, onePage: boolean): Next {
  if (onePage || !news || round === ROUNDS) return { state: "complete", mark };
  return {
    state: "open",
    changes: { ...openRound(top?.at ?? mark), round: round + 1, counted: newer(counted, top), mark },
  };
}

/** The newer of two moments; their users together if the moments are equal. */
function newer(before: Moment | null, now: Moment | null): Moment | null {
  if (!before || !now) return now ?? before;
  if (before.at !== now.at) return before.at > now.at ? before : now;
  return { at: now.at, ids: [...before.ids, ...now.ids] };
}
