/** What an application asks of the app. */
export type Entry = "status" | "sync-current-user" | "page" | "webhook" | "health" | "cron";

const SECOND = 1_000;
const KEYS = 3; // seconds to load Clerk's public keys, before the caller is known (packages/auth/src/session-keys.ts)
const READ = 3; // a read of the caller's rows (packages/sync/src/database/deadline.ts)
const SYNC = 10; // asking Clerk and writing, between two reads (packages/sync/src/freshness/ensure-fresh.ts)

/**
 * How long each may take, in ms, whatever Clerk and the database do. These are the promises of docs/guarantees.md and the sums of
 * the limits in the code that they name.
 */
export const limits: Record<Entry, number> = {
  status: (KEYS + READ + SYNC + READ) * SECOND,
  // A sync that a user requested is limited as a whole: packages/sync/src/freshness/sync-me.ts.
  "sync-current-user": (KEYS + SYNC) * SECOND,
  // The proxy answers within 5 s (apps/nextjs/src/proxy.ts); then the page reads the caller as `status` does.
  page: (5 + READ + SYNC + READ) * SECOND,
  webhook: 10 * SECOND,
  health: 3 * SECOND,
  // The longest that a function may run: apps/nextjs/src/app/api/cron/sync/route.ts.
  cron: 60 * SECOND,
};

/** What a crowded machine adds. */
export const LOADED_MS = 8 * SECOND;
