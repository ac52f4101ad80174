import type { Database } from "./database.ts";
import { namingFailures } from "./database-error.ts";
import { ANSWER_MS, within } from "./deadline.ts";
import type { Caller } from "./freshness/caller.ts";
import type { Mirror, MirroredUser } from "./freshness/mirror.ts";
import { disputes } from "./freshness/tombstone.ts";
import { type Logger, logFailedSync } from "./logger.ts";
import { SyncError } from "./sync-error.ts";
import type { Synced } from "./sync-user.ts";

/** What a caller gets who had himself synced by hand. */
export interface SyncMeResult {
  outcome: Synced["outcome"];
  conflict: boolean;
  source: "clerk";
  user: MirroredUser;
  /** The moment, in Clerk's time, for which the rows are known to be true. */
  syncedAt: Date;
}

export interface SyncMeParts {
  db: Database;
  readMirror: (userId: string) => Promise<Mirror>;
  sync: (caller: Caller) => Promise<Synced>;
  logger: Logger;
}

// Without it a signed-in script could use up the whole team's quota at Clerk.
const THROTTLE_MS = 10_000;

const waitStatement = `select ceil(${THROTTLE_MS} - extract(epoch from clock_timestamp() - "requestedAt") * 1000)::float8 as ms
from "ClerkUser" where id = $1::text and "requestedAt" > clock_timestamp() - interval '${THROTTLE_MS} ms'`;
const startStatement = `update "ClerkUser" set "requestedAt" = clock_timestamp() where id = $1::text`;

/**
 * Syncs a caller fresh from Clerk: at most once in 10 s a user, over all processes. Only a success starts the wait, so
 * that nobody has to wait for having failed. Calls at the same moment share one question to Clerk.
 */
export function createSyncMe({ db, readMirror, sync, logger }: SyncMeParts): (caller: Caller) => Promise<SyncMeResult> {
  const flights = new Map<string, Promise<SyncMeResult>>();
  const deleted = (userId: string) => new SyncError("USER_DELETED", `User ${userId} was deleted at Clerk`);

  async function run(caller: Caller): Promise<SyncMeResult> {
    const { userId } = caller;
    const before = await readMirror(userId);
    if (before.state === "deleted" && !disputes(caller, before)) throw deleted(userId);
    const [wait] = await db.$queryRawUnsafe<{ ms: number }[]>(waitStatement, userId);
    if (wait) throw new SyncError("THROTTLED", "Synced a moment ago", { retryAfterMs: wait.ms });
    const { outcome, conflict } = await sync(caller).catch((error: unknown) => {
      const denied = error instanceof SyncError && error.code === "USER_NOT_FOUND";
      throw denied && before.state === "deleted" ? deleted(userId) : error;
    });
    const mirror = await readMirror(userId);
    if (mirror.state === "deleted") throw deleted(userId);
    if (mirror.state !== "present")
      throw new SyncError("DATA_REJECTED", "The rows were removed as soon as they were written");
    await db.$executeRawUnsafe(startStatement, userId);
    return { outcome, conflict, source: "clerk", user: mirror.user, syncedAt: mirror.checkedAt };
  }

  const told = (caller: Caller): Promise<SyncMeResult> =>
    namingFailures(() => within(ANSWER_MS, () => run(caller))).catch((error: unknown) => {
      if (error instanceof SyncError && error.code !== "THROTTLED") logFailedSync(logger, caller.userId, error);
      throw error;
    });

  return (caller) => {
    const flight = flights.get(caller.userId) ?? told(caller).finally(() => flights.delete(caller.userId));
    flights.set(caller.userId, flight);
    return flight;
  };
}
