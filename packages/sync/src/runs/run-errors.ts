import type { SyncErrorCode } from "../sync-error.ts";

/** The users that a run could not sync. */
export interface RunErrors {
  /** All failed users, listed or not. */
  failed: number;
  /** The first 100. */
  items: { userId: string; code: SyncErrorCode; reason: string }[];
  /** Those of `items`, most frequent first. */
  byReason: { code: SyncErrorCode; reason: string; users: number }[];
}
