import { LRUCache } from "lru-cache";
import { toSyncError } from "../database/database-error.ts";
import { ANSWER_MS, PAGE_MS, within } from "../database/deadline.ts";
import { type Logger, logFailedSync } from "../logger.ts";
import { SyncError, type SyncErrorCode } from "../sync-error.ts";
import { withSpan } from "../tracing.ts";
import { atMost } from "./at-most.ts";
import type { Caller } from "./caller.ts";
import type { FailureMemory } from "./failure-memory.ts";
import { isCurrent } from "./is-current.ts";
import type { Mirror, MirroredUser, StoredUser } from "./mirror.ts";
import { canLiftTombstone } from "./tombstone.ts";

type Present = Extract<Mirror, { state: "present" }>;

/** The caller's state in the database after the attempt to sync them. */
export type Freshness =
  | {
      /** fresh: matches Clerk. stale: the data from before a failed sync. */
      state: "fresh" | "stale";
      source: "memory" | "database" | "clerk";
      user: StoredUser;
      mirror: Present;
      errorCode?: SyncErrorCode;
    }
  /** There is no row, and none could be created: only the token's data is available. */
  | {
      state: "unpersisted";
      source: "memory" | "database" | "clerk";
      user: MirroredUser & { id: null };
      errorCode: SyncErrorCode;
    }
  /** The user has a tombstone; the caller is refused. */
  | { state: "deleted" };

const ENTRIES = 10_000;
// Counted from the database read that made the entry. No token renews it, so another machine's tombstone is always noticed.
const ENTRY_MS = 5 * 60_000;

export interface FreshnessParts {
  readMirror: (userId: string) => Promise<Mirror>;
  /**
   * Asks Clerk about the caller and applies the answer.
   * @throws SyncError
   */
  sync: (caller: Caller) => Promise<unknown>;
  failures: FailureMemory;
  logger: Logger;
  /** A monotonic clock, in ms; the process's own by default. */
  now?: () => number;
}

export interface FreshnessKeeper {
  /**
   * Ensures the caller's rows are current, doing as little I/O as possible. Never throws: a failed sync signs no one out.
   * Time is always bounded: each database read takes at most 3 s, and the sync between two reads 10 s.
   */
  ensureFresh(caller: Caller): Promise<Freshness>;
  /** Something was written about these users: drop what memory holds about them. */
  drop(userIds: Iterable<string>): void;
}

export function createFreshnessKeeper({
  readMirror,
  sync,
  failures,
  logger,
  now = () => performance.now(),
}: FreshnessParts): FreshnessKeeper {
  const memory = new LRUCache<string, Present>({
    ...atMost(ENTRIES),
    ttl: ENTRY_MS,
    ttlResolution: 0,
    perf: { now },
    noDeleteOnStaleGet: true, // while the database is down, an old entry is all there is
  });
  /** The newest token for which Clerk answered: an answer older than the row must also stop further requests to Clerk. */
  const answers = new LRUCache<string, Date>(atMost(ENTRIES));
  const flights = new Map<string, { landing: Promise<Freshness>; tokenIssuedAt: Date }>();
  /** Users that were written while their flight was reading: what it read may be older. */
  const overtaken = new Set<string>();

  const current = (mirror: Present, caller: Caller): boolean => {
    const answeredAt = answers.get(caller.userId);
    const seenAt = answeredAt && answeredAt > mirror.checkedAt ? answeredAt : mirror.checkedAt;
    return isCurrent({ updatedAt: mirror.updatedAt, seenAt, complete: mirror.complete }, caller);
  };

  const answered = (userId: string, tokenIssuedAt: Date): void => {
    const before = answers.get(userId);
    if (!before || before < tokenIssuedAt) answers.set(userId, tokenIssuedAt);
  };

  async function read(userId: string): Promise<Mirror> {
    overtaken.delete(userId);
    const mirror = await within(PAGE_MS, () => readMirror(userId));
    if (mirror.state === "present" && !overtaken.has(userId)) memory.set(userId, mirror);
    else memory.delete(userId);
    return mirror;
  }

  /** The database, then Clerk. */
  async function look(caller: Caller): Promise<Freshness> {
    const { userId } = caller;
    const remembered = memory.get(userId, { allowStale: true });
    let known: Mirror;
    try {
      known = await read(userId);
    } catch (error) {
      return fallback(caller, remembered, "memory", error);
    }
    if (known.state === "deleted" && !canLiftTombstone(caller, known)) return { state: "deleted" };
    if (known.state === "present" && current(known, caller)) return fresh(known, "database");

    const expected = failures.recall(userId);
    if (expected) return fallback(caller, known, "database", expected, { log: false });
    try {
      await within(ANSWER_MS, () => sync(caller));
      failures.forget(userId);
      answered(userId, caller.tokenIssuedAt);
      const mirror = await read(userId);
      if (mirror.state === "deleted") return { state: "deleted" };
      if (mirror.state === "present") return fresh(mirror, "clerk");
      throw new SyncError(
        "DATA_REJECTED",
        "The rows are missing although they were just written: something else removed them",
      );
    } catch (error) {
      if (error instanceof SyncError) failures.remember(userId, error);
      return fallback(caller, known, "clerk", error);
    }
  }

  function fallback(
    { userId }: Caller,
    known: Mirror | undefined,
    source: "memory" | "database" | "clerk",
    error: unknown,
    { log } = { log: true },
  ): Freshness {
    const failure = asSyncError(error);
    const { code } = failure;
    if (log) logFailedSync(logger, userId, failure);
    if (known?.state === "deleted") return { state: "deleted" };
    if (known?.state === "present") return { state: "stale", source, user: known.user, mirror: known, errorCode: code };
    const user = { id: null, clerkId: userId, email: null, emailVerified: null, name: null, image: null };
    return { state: "unpersisted", source, user, errorCode: code };
  }

  const tracedLook = (caller: Caller): Promise<Freshness> =>
    withSpan("rollcall.ensure_fresh", { "rollcall.user_id": caller.userId }, async ({ note, fail }) => {
      const found = await look(caller);
      note({ "rollcall.state": found.state });
      if (found.state === "deleted") return found;
      note({ "rollcall.source": found.source });
      if (found.state !== "fresh" && found.errorCode) fail(found.errorCode);
      return found;
    });

  /** One flight per user. A caller that joins a flight checks its result against their own token, and starts another if it is not current. */
  async function fly(caller: Caller): Promise<Freshness> {
    for (;;) {
      const inFlight = flights.get(caller.userId);
      if (!inFlight) break;
      const result = await inFlight.landing;
      if (satisfies(result, inFlight.tokenIssuedAt, caller)) return result;
    }
    const landing = tracedLook(caller).finally(() => {
      flights.delete(caller.userId);
      overtaken.delete(caller.userId);
    });
    flights.set(caller.userId, { landing, tokenIssuedAt: caller.tokenIssuedAt });
    return landing;
  }

  function satisfies(result: Freshness, tokenIssuedAt: Date, caller: Caller): boolean {
    if (result.state === "fresh") return current(result.mirror, caller);
    // A later token may lift a tombstone that an earlier one could not.
    return result.state !== "deleted" || caller.tokenIssuedAt <= tokenIssuedAt;
  }

  return {
    async ensureFresh(caller) {
      const remembered = memory.get(caller.userId);
      return remembered && current(remembered, caller) ? fresh(remembered, "memory") : fly(caller);
    },
    drop(userIds) {
      for (const userId of userIds) {
        memory.delete(userId);
        if (flights.has(userId)) overtaken.add(userId);
      }
    },
  };
}

const fresh = (mirror: Present, source: "memory" | "database" | "clerk"): Freshness => ({
  state: "fresh",
  source,
  user: mirror.user,
  mirror,
});

function asSyncError(thrown: unknown): SyncError {
  const error = toSyncError(thrown);
  return error instanceof SyncError
    ? error
    : new SyncError("DATABASE_UNREACHABLE", "The database returned an unexpected answer", { cause: thrown });
}
