import type { Logger } from "../logger.ts";
import { SyncError } from "../sync-error.ts";
import type { Synced } from "./sync-user.ts";

export interface SyncRequest {
  userId: string;
  revive: boolean;
  /** The id of the admin who asked. */
  requestedBy: string;
}

/** Syncs a user on an admin's request, and logs who asked and how it ended. @throws what `sync` throws */
export async function requestedSync(
  logger: Logger,
  request: SyncRequest,
  sync: () => Promise<Synced>,
): Promise<Synced> {
  const event = { event: "sync_requested", ...request };
  try {
    const synced = await sync();
    logger.info({ ...event, outcome: synced.outcome }, "an admin synced a user");
    return synced;
  } catch (error) {
    logger.warn({ ...event, code: SyncError.from(error).code }, "an admin could not sync a user");
    throw error;
  }
}
