import {
  type Caller,
  isRefused,
  type MirroredUser,
  type Refusals,
  type Rollcall,
  requirePersisted,
  type StoredUser,
} from "@rollcall/sync";

/** Syncs the caller and returns the user to show, even if the sync failed; null if they were deleted at Clerk, or are refused. */
export async function userToShow(rollcall: Rollcall, caller: Caller, refusals: Refusals): Promise<MirroredUser | null> {
  const freshness = await rollcall.ensureFresh(caller);
  return freshness.state === "deleted" || isRefused(freshness, refusals) ? null : freshness.user;
}

/**
 * Syncs the caller and returns the user, whose row exists: for work that writes rows that refer to it.
 *
 * @throws SyncError USER_DELETED, USER_BANNED, or why the row could not be created
 */
export const userWithRow = async (rollcall: Rollcall, caller: Caller, refusals: Refusals): Promise<StoredUser> =>
  requirePersisted(await rollcall.ensureFresh(caller), refusals).user;
