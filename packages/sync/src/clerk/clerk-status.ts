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
// Clerk's SDK tolerates 5 s for a session token, and a webhook's time may be 5 min off. An answer's `Date` is exact to a second.
const TOLERATED_MS = 20_000;

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

/** What is wrong with this machine's clock, and what to do; null if nothing is known to be wrong. */
export function clockFault(status: ClerkStatus): string | null {
  if ("code" in status || status.aheadMs === null || Math.abs(status.aheadMs) <= TOLERATED_MS) return null;
  const seconds = Math.round(Math.abs(status.aheadMs) / 1_000);
  return `This server's clock is ${seconds} s ${status.aheadMs > 0 ? "ahead of" : "behind"} Clerk's: set it with NTP.`;
}
