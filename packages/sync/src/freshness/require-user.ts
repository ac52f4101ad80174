import type { Rollcall } from "../rollcall.ts";
import { SyncError } from "../sync-error.ts";
import type { Freshness } from "./ensure-fresh.ts";

/** A caller who still exists at Clerk, with or without a row. */
export type PresentUser = Exclude<Freshness, { state: "deleted" }>;

/** A caller whose row exists. */
export type PersistedUser = Exclude<PresentUser, { state: "unpersisted" }>;

export interface Refusals {
  /** Refuse callers who are banned at Clerk. A user who is `locked` is never refused: a lock ends by itself. */
  refuseBanned?: boolean | undefined;
}

/** Without a row nothing is known of a ban: Clerk has ended a banned user's sessions. */
export const isRefused = (user: PresentUser, { refuseBanned }: Refusals): boolean =>
  refuseBanned === true && user.state !== "unpersisted" && user.mirror.banned;

/** @throws SyncError NOT_CONFIGURED if bans are to be refused and no column is named for them */
export function checkRefusals(rollcall: Pick<Rollcall, "settings">, refusals: Refusals): Refusals {
  if (refusals.refuseBanned && rollcall.settings().columns.banned === undefined) {
    throw new SyncError("NOT_CONFIGURED", "`refuseBanned` needs a column: name one in `tables.user.columns.banned`");
  }
  return refusals;
}

/** @throws SyncError USER_DELETED if there is a tombstone; USER_BANNED if a banned caller is refused */
export function requirePresent(freshness: Freshness, refusals: Refusals = {}): PresentUser {
  if (freshness.state === "deleted") throw new SyncError("USER_DELETED", "The caller was deleted at Clerk");
  if (isRefused(freshness, refusals)) throw new SyncError("USER_BANNED", "The caller is banned at Clerk");
  return freshness;
}

/** @throws SyncError USER_DELETED, USER_BANNED, or why the row could not be created */
export function requirePersisted(freshness: Freshness, refusals: Refusals = {}): PersistedUser {
  const present = requirePresent(freshness, refusals);
  if (present.state === "unpersisted") throw new SyncError(present.errorCode, "The caller's row could not be created");
  return present;
}
