import { SyncError } from "../sync-error.ts";
import type { Freshness } from "./ensure-fresh.ts";

/** A caller who still exists at Clerk, with or without a row. */
export type PresentUser = Exclude<Freshness, { state: "deleted" }>;

/** A caller whose row exists. */
export type PersistedUser = Exclude<PresentUser, { state: "unpersisted" }>;

/** @throws SyncError USER_DELETED if there is a tombstone */
export function requirePresent(freshness: Freshness): PresentUser {
  if (freshness.state === "deleted") throw new SyncError("USER_DELETED", "The caller was deleted at Clerk");
  return freshness;
}

/** @throws SyncError USER_DELETED, or why the row could not be created */
export function requirePersisted(freshness: Freshness): PersistedUser {
  const present = requirePresent(freshness);
  if (present.state === "unpersisted") throw new SyncError(present.errorCode, "The caller's row could not be created");
  return present;
}
