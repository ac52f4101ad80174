import type { ClerkApi } from "../clerk/clerk-api.ts";
import { getUser } from "../clerk/get-user.ts";
import type { Database } from "../database/database.ts";
import { logEvent } from "../events/event-log.ts";
import { type Logger, logFault } from "../logger.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { SyncError } from "../sync-error.ts";
import type { Applied } from "../write-path/outcome.ts";
import type { LiftReason } from "../write-path/statements/remove.ts";
import type { WritePath } from "../write-path/write-path.ts";

/** What became of a user who was asked for at Clerk. */
export type Synced = Exclude<Applied, { outcome: "failed" }>;

export interface SyncUserParts {
  db: Database;
  clerk: ClerkApi;
  /** The key's instance, where the database mirrors it: asked for before anything is written. */
  instanceId: () => Promise<string>;
  writePath: Pick<WritePath, "applySnapshots" | "liftTombstone">;
  logger: Logger;
}

/**
 * Asks Clerk about one user and applies the answer, also as the time for which it is known to be true. Where Clerk knows
 * the user and a tombstone stands, it goes if `lift` says so.
 *
 * @param lift null where every tombstone stands; else when Clerk made a token for the user who calls, or `revive`
 * @throws SyncError what asking and writing throw; DATA_REJECTED where the database refuses the user
 */
export async function syncUser(userId: string, lift: LiftReason | null, parts: SyncUserParts): Promise<Synced> {
  const { db, clerk, instanceId, writePath, logger } = parts;
  const tokenIssuedAt = lift === null || lift === "revive" ? null : lift.tokenIssuedAt;
  const snapshot = await getUser(clerk, userId, { instanceId: await instanceId(), tokenIssuedAt });
  const wasMissed = isOverdue(snapshot) && (await isNewsTo(db, snapshot));
  const apply = async () => (await writePath.applySnapshots([snapshot], { touch: true }))[0];
  let applied = await apply();
  if (applied?.outcome === "deleted" && lift && (await writePath.liftTombstone(userId, lift))) applied = await apply();
  if (!applied || applied.outcome === "failed") {
    throw new SyncError("DATA_REJECTED", `User ${userId} was refused: ${applied?.reason ?? "no answer"}`);
  }
  if (applied.outcome === "updated" && wasMissed) {
    await logMissedChange(db, snapshot).catch((error: unknown) => {
      logFault(logger, { event: "log_failed", userId }, error, "a change that no webhook brought could not be logged");
    });
  }
  return applied;
}

// Svix delivers at once, and again after 5 s and 5 min: a change that old ought to have come by webhook.
const OVERDUE_MS = 10 * 60_000;

// A user who was never synced, or a row that was edited by hand, says nothing about the webhook.
const newsStatement = `select 1 from "ClerkUser" where id = $1::text and "updatedAt" < to_timestamp($2::float8 / 1000)`;

const isNewsTo = async (db: Database, { id, updatedAt }: Snapshot): Promise<boolean> =>
  (await db.$queryRawUnsafe<unknown[]>(newsStatement, id, updatedAt.getTime())).length > 0;

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
