import { LRUCache } from "lru-cache";
import { withSyncErrors } from "../database/database-error.ts";
import { ANSWER_MS, within } from "../database/deadline.ts";
import { type Logger, logFailedSync } from "../logger.ts";
import { SyncError } from "../sync-error.ts";
import { withSpan } from "../tracing.ts";
import { THROTTLE_MS } from "../write-path/statements/request.ts";
import type { WritePath } from "../write-path/write-path.ts";
import { atMost } from "./at-most.ts";
import type { Caller } from "./caller.ts";
import type { Mirror, StoredUser } from "./mirror.ts";
import type { Synced } from "./sync-user.ts";
import { canLiftTombstone } from "./tombstone.ts";

/** The result for a caller who asked to be synced. */
export interface SyncMeResult {
  outcome: Synced["outcome"];
  conflict: boolean;
  source: "clerk";
  user: StoredUser;
  /** The moment, in Clerk's time, at which the rows are known to be correct. */
  syncedAt: Date;
}

export interface SyncMeParts {
  readMirror: (userId: string) => Promise<Mirror>;
  claimRequest: WritePath["claimRequest"];
  sync: (caller: Caller) => Promise<Synced>;
  logger: Logger;
}

// Users without a row who asked recently. Bounds memory: a user evicted from it may ask once more.
const REMEMBERED_USERS = 10_000;

/**
 * Syncs a caller from Clerk: at most once in 10 s per user across all processes, whether it succeeds or fails. A user
 * without a row is throttled by each process separately until there is one. Concurrent calls share one request to
 * Clerk.
 */
export function createSyncMe({
  readMirror,
  claimRequest,
  sync,
  logger,
}: SyncMeParts): (caller: Caller) => Promise<SyncMeResult> {
  const rowless = new LRUCache<string, true>({ ...atMost(REMEMBERED_USERS), ttl: THROTTLE_MS, ttlResolution: 0 });
  const flights = new Map<string, Promise<SyncMeResult>>();
  const deleted = (userId: string) => new SyncError("USER_DELETED", `User ${userId} was deleted at Clerk`);

  /** @returns how long to wait, in ms; 0 for the caller that may sync now */
  async function throttle(userId: string): Promise<number> {
    const claim = await claimRequest(userId);
    if (claim) return claim.claimed ? 0 : claim.waitMs;
    const waitMs = Math.ceil(rowless.getRemainingTTL(userId));
    if (waitMs > 0) return waitMs;
    rowless.set(userId, true);
    return 0;
  }

  async function run(caller: Caller): Promise<SyncMeResult> {
    const { userId } = caller;
    const before = await readMirror(userId);
    if (before.state === "deleted" && !canLiftTombstone(caller, before)) throw deleted(userId);
    const waitMs = await throttle(userId);
    if (waitMs > 0) throw new SyncError("THROTTLED", "A sync was requested a moment ago", { retryAfterMs: waitMs });
    const { outcome, conflict } = await sync(caller).catch((error: unknown) => {
      const denied = error instanceof SyncError && error.code === "USER_NOT_FOUND";
      throw denied && before.state === "deleted" ? deleted(userId) : error;
    });
    const mirror = await readMirror(userId);
    if (mirror.state === "deleted") throw deleted(userId);
    if (mirror.state !== "present")
      throw new SyncError("DATA_REJECTED", "The rows were removed as soon as they were written");
    await claimRequest(userId); // also on a row that this sync has just created
    return { outcome, conflict, source: "clerk", user: mirror.user, syncedAt: mirror.checkedAt };
  }

  const tracedRun = (caller: Caller): Promise<SyncMeResult> =>
    withSpan("rollcall.sync_me", { "rollcall.user_id": caller.userId }, () =>
      withSyncErrors(() => within(ANSWER_MS, () => run(caller))),
    );

  const runAndLog = (caller: Caller): Promise<SyncMeResult> =>
    tracedRun(caller).catch((error: unknown) => {
      if (error instanceof SyncError && error.code !== "THROTTLED") logFailedSync(logger, caller.userId, error);
      throw error;
    });

  return (caller) => {
    const flight = flights.get(caller.userId) ?? runAndLog(caller).finally(() => flights.delete(caller.userId));
    flights.set(caller.userId, flight);
    return flight;
  };
}
