import PQueue from "p-queue";
import type { ClerkApi } from "./clerk-api.ts";

// Clerk's quota for its Backend API: 1,000 requests in 10 s in production, 100 in development, shared by everything that uses the key.
// @see https://clerk.com/docs/guides/how-clerk-works/system-limits
const A_SECOND = { production: 100, development: 10 };

/**
 * Limits calls to half of Clerk's quota, so that the other half is left to the application.
 * Counted per second, not per ten: no call waits long, and a page still ends before its job counts as lost.
 */
export function halfTheQuota(clerk: ClerkApi, secretKey: string): ClerkApi {
  const quota = secretKey.trim().startsWith("sk_test_") ? A_SECOND.development : A_SECOND.production;
  const queue = new PQueue({ intervalCap: quota / 2, interval: 1_000, strict: true });
  return { ...clerk, get: (path, parameters) => queue.add(() => clerk.get(path, parameters)) };
}
