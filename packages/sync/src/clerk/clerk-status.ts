import { memoizeFor } from "../memoize-for.ts";
import { SyncError, type SyncErrorCode } from "../sync-error.ts";
import type { ClerkApi } from "./clerk-api.ts";
import { getInstance } from "./directory.ts";

/** Whether Clerk answers this process, for which instance, and at what time. */
export type ClerkStatus =
  /** `aheadMs`: how far our clock is ahead of Clerk's, to the second; null if Clerk's answer had no `Date`. */
  { instanceId: string; aheadMs: number | null } | { code: SyncErrorCode };

// A monitor that asks every second costs Clerk two calls a minute.
const SHARED_MS = 30_000;

/** Asks Clerk; calls within 30 s share one answer. Never throws. */
export function clerkStatus(clerk: ClerkApi): () => Promise<ClerkStatus> {
  return memoizeFor(SHARED_MS, async () => {
    const sentAt = Date.now();
    try {
      const { id, at } = await getInstance(clerk);
      return { instanceId: id, aheadMs: at && sentAt - at.getTime() };
    } catch (error) {
      return { code: error instanceof SyncError ? error.code : "CLERK_ERROR" };
    }
  });
}
