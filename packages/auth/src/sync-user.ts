import { type Caller, type Freshness, type MirroredUser, type Rollcall, SyncError } from "@rollcall/sync";

/** Syncs the caller before the work runs. A sync that fails is told of, and signs nobody out. */
export const syncUser = (rollcall: Rollcall, caller: Caller): Promise<Freshness> => rollcall.ensureFresh(caller);

/** The user to show; null for one who was deleted at Clerk. */
export const userToShow = (freshness: Freshness): MirroredUser | null =>
  freshness.state === "deleted" ? null : freshness.user;

/**
 * The user whose row is surely there, for work that writes rows that refer to it.
 *
 * @throws SyncError USER_DELETED, or what kept the row from being made
 */
export function userWithRow(freshness: Freshness): MirroredUser {
  switch (freshness.state) {
    case "deleted":
      throw new SyncError("USER_DELETED", "The caller was deleted at Clerk");
    case "unpersisted":
      throw new SyncError(freshness.errorCode, "The caller's row could not be made");
    default:
      return freshness.user;
  }
}
