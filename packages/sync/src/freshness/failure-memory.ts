import { LRUCache } from "lru-cache";
import { concernsOneUser } from "../clerk/get-user.ts";
import type { SyncError, SyncErrorCode } from "../sync-error.ts";
import { atMost } from "./at-most.ts";

// Each keeps every request from asking a failing Clerk, or asking for a user that Clerk cannot return.
const OUTAGE_MS = 10_000;
const FAILURES_OF_AN_OUTAGE = 2; // one lost answer is not an outage
const LONGEST_RATE_LIMITED_MS = 60_000; // six of Clerk's windows: one answer should not block all users for longer
const FIRST_NOT_FOUND_MS = 10_000; // a user who has just signed up, and a lagging replica
const LONGEST_NOT_FOUND_MS = 5 * 60_000;
const REJECTED_MS = 5 * 60_000;
const UNWRITABLE_MS = 10_000; // the database can be read but not written: Clerk's answer would be discarded
const REMEMBERED_USERS = 10_000;

const OUTAGES = new Set<SyncErrorCode>(["CLERK_UNREACHABLE", "CLERK_TIMEOUT", "CLERK_ERROR", "CLERK_UNAUTHORIZED"]);

/** Recent failures in this process. They stop only requests to Clerk; the database is always read. */
export interface FailureMemory {
  /** The error that asking Clerk about this user would most likely return again. */
  recall(userId: string): SyncError | undefined;
  remember(userId: string, error: SyncError): void;
  /** Clerk answered about this user, and the answer was written: Clerk is available to all users. */
  forget(userId: string): void;
}

interface Remembered {
  error: SyncError;
  until: number;
  /** How long it is remembered, in ms. */
  ms: number;
}

/** @param now a monotonic clock, in ms */
export function createFailureMemory(now: () => number = () => performance.now()): FailureMemory {
  const users = new LRUCache<string, Remembered>(atMost(REMEMBERED_USERS));
  let failuresInARow = 0;
  let outage: Remembered | undefined;

  return {
    recall(userId) {
      return [outage, users.get(userId)].find((remembered) => remembered && remembered.until > now())?.error;
    },
    remember(userId, error) {
      const forUser = (ms: number) => users.set(userId, { error, ms, until: now() + ms });
      if (error.code === "CLERK_RATE_LIMITED") {
        const ms = Math.min(error.retryAfterMs ?? OUTAGE_MS, LONGEST_RATE_LIMITED_MS);
        outage = { error, ms, until: now() + ms };
      } else if (concernsOneUser(error)) {
        forUser(REJECTED_MS);
        failuresInARow = 0;
      } else if (OUTAGES.has(error.code)) {
        failuresInARow++;
        if (failuresInARow >= FAILURES_OF_AN_OUTAGE) outage = { error, ms: OUTAGE_MS, until: now() + OUTAGE_MS };
      } else if (error.code === "USER_NOT_FOUND") {
        const before = users.get(userId);
        const again = before?.error.code === "USER_NOT_FOUND";
        forUser(again ? Math.min(LONGEST_NOT_FOUND_MS, before.ms * 2) : FIRST_NOT_FOUND_MS);
        failuresInARow = 0;
      } else if (error.code === "DATA_REJECTED" || error.code === "INSTANCE_REFUSED") {
        forUser(REJECTED_MS);
        failuresInARow = 0;
      } else {
        forUser(UNWRITABLE_MS);
      }
    },
    forget(userId) {
      users.delete(userId);
      failuresInARow = 0;
      outage = undefined;
    },
  };
}
