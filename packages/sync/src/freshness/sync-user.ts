import type { ClerkApi } from "../clerk/clerk-api.ts";
import { getUser } from "../clerk/get-user.ts";
import type { Database } from "../database/database.ts";
import { logEvent } from "../events/event-log.ts";
import { type Logger, logFault } from "../logger.ts";
import { isClerkId } from "../snapshot/clerk-user.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { SyncError } from "../sync-error.ts";
import { withSpan } from "../tracing.ts";
import type { Applied } from "../write-path/outcome.ts";
import type { LiftReason } from "../write-path/statements/remove.ts";
import type { WritePath } from "../write-path/write-path.ts";
import type { ApplyUser } from "./apply-user.ts";

/** The result of syncing one user from Clerk. */
export type Synced = Exclude<Applied, { outcome: "failed" }>;

export interface SyncUserParts {
  db: Database;
  clerk: ClerkApi;
  /** The key's instance, if the database mirrors it. Call it before anything is written. */
  instanceId: () => Promise<string>;
  writePath: Pick<WritePath, "liftTombstone" | "readUser">;
  apply: ApplyUser;
  logger: Logger;
}

/**
 * Asks Clerk about one user and applies the answer, with the time at which it is known to be correct. If Clerk knows
 * the user and there is a tombstone, `lift` decides whether it is removed.
 *
 * @param lift null keeps every tombstone; otherwise when Clerk issued the caller's token, or `revive`
 * @throws SyncError what asking and writing throw; DATA_REJECTED if the database refuses the user; UNLINKED if a row without
 * Clerk's id holds their verified address
 */
export const syncUser = (userId: string, lift: LiftReason | null, parts: SyncUserParts): Promise<Synced> =>
  withSpan("rollcall.sync_user", { ...(isClerkId(userId) && { "rollcall.user_id": userId }) }, async ({ note }) => {
    const synced = await askAndApply(userId, lift, parts);
    note({ "rollcall.outcome": synced.outcome });
    return synced;
  });

async function askAndApply(userId: string, lift: LiftReason | null, parts: SyncUserParts): Promise<Synced> {
  const { db, clerk, instanceId, writePath, apply, logger } = parts;
  const tokenIssuedAt = lift === null || lift === "revive" ? null : lift.tokenIssuedAt;
  const snapshot = await getUser(clerk, userId, { instanceId: await instanceId(), tokenIssuedAt }, writePath.readUser);
  const wasMissed = isOverdue(snapshot) && (await isNewerThanStored(db, snapshot));
  let applied = await apply(snapshot);
  if (applied.outcome === "deleted" && lift && (await writePath.liftTombstone(userId, lift))) {
    applied = await apply(snapshot);
  }
  if (applied.outcome === "failed") {
    throw new SyncError(applied.code, `User ${userId} was refused: ${applied.reason}`);
  }
  if (applied.outcome === "updated" && wasMissed) {
    await logMissedChange(db, snapshot).catch((error: unknown) => {
      logFault(logger, { event: "log_failed", userId }, error, "could not log a change that no webhook delivered");
    });
  }
  return applied;
}

// Svix delivers immediately, and again after 5 s and 5 min: a webhook should have delivered a change that old.
const OVERDUE_MS = 10 * 60_000;

// A user who was never synced, or a row that was edited manually, says nothing about the webhook.
const newsStatement = `select 1 from rollcall."ClerkUser" where id = $1::text and "updatedAt" < to_timestamp($2::float8 / 1000)`;

const isNewerThanStored = async (db: Database, { id, updatedAt }: Snapshot): Promise<boolean> =>
  (await db.query(newsStatement, [id, updatedAt.getTime()])).length > 0;

const logMissedChange = (db: Database, { id, updatedAt }: Snapshot): Promise<void> =>
  logEvent(db, {
    id: `read:${id}:${updatedAt.getTime()}`,
    source: "read",
    type: "user.updated",
    userId: id,
    outcome: "updated",
    code: null,
  });

const isOverdue = ({ updatedAt, checkedAt }: Snapshot): boolean =>
  checkedAt.getTime() - updatedAt.getTime() > OVERDUE_MS;
