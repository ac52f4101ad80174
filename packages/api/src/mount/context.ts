import type { AfterAnswer, Caller, MirroredUser, StoredUser, SyncErrorCode } from "@rollcall/sync";

/** All that is asked of a host's context: the headers. */
export interface RollcallContext extends AfterAnswer {
  headers: Headers;
}

/** How the caller's sync went. */
export interface SyncState {
  state: "fresh" | "stale" | "unpersisted";
  source: "memory" | "database" | "clerk";
  /** The moment, in Clerk's time, for which the row is known to be true; null where there is no row. */
  syncedAt: Date | null;
  /** The caller's address is shown at another user, or at a row of the application's own. */
  conflict: boolean;
  errorCode?: SyncErrorCode;
}

/** What every procedure behind a sign-in finds in its context. */
export interface Synced {
  caller: Caller;
  /** The caller's row; if it could not be made, the token's data, with `id: null`. */
  user: MirroredUser;
  sync: SyncState;
}

/** The context of procedures that need the caller's row. */
export interface Stored extends Synced {
  user: StoredUser;
}
