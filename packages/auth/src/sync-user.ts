import { type Caller, type MirroredUser, type Rollcall, requirePersisted, type StoredUser } from "@rollcall/sync";

/** Syncs the caller and returns the user to show, even if the sync failed; null if they were deleted at Clerk. */
export async function userToShow(rollcall: Rollcall, caller: Caller): Promise<MirroredUser | null> {
  const freshness = await rollcall.ensureFresh(caller);
  return freshness.state === "deleted" ? null : freshness.user;
}

/**
 * Syncs the caller and returns the user, whose row exists: for work that writes rows that refer to it.
 *
 * @throws SyncError USER_DELETED, or why the row could not be created
 */
export const userWithRow = async (rollcall: Rollcall, caller: Caller): Promise<StoredUser> =>
  requirePersisted(await rollcall.ensureFresh(caller)).user;
