import type { AfterAnswer, Caller, MirroredUser, StoredUser, SyncErrorCode } from "@rollcall/sync";

/** What a host's context must have. */
export interface RollcallContext extends AfterAnswer {
  headers: Headers;
}

/** How the caller's sync went. */
export interface SyncState {
  state: "fresh" | "stale" | "unpersisted";
  source: "memory" | "database" | "clerk";
  /** When the row was last known to match Clerk, on Clerk's clock; null if there is no row. */
  syncedAt: Date | null;
  /** The caller's address is in another user's row, or in a row of the application's own. */
  conflict: boolean;
  errorCode?: SyncErrorCode;
}

/** The context of every procedure behind a sign-in. */
export interface Synced {
  caller: Caller;
  /** The caller's row, or what is known about them if it could not be created. */
  user: MirroredUser;
  sync: SyncState;
}

/** The context of procedures that need the caller's row. */
export interface Stored extends Synced {
  user: StoredUser;
}
