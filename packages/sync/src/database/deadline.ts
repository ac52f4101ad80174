import { SyncError } from "../sync-error.ts";

// A host's client may wait forever on a connection that went silent (a lost NAT entry, a failover). Callers, and promises
// that several callers share, must not wait with it.
/** For page loads: known data is better than a page that hangs. */
export const PAGE_MS = 3_000;
/** For everything else that waits for one answer from the database. */
export const ANSWER_MS = 10_000;

/**
 * Limits how long a caller waits for the database. The work itself continues and its result is discarded, so it must
 * be idempotent.
 *
 * @param ms the limit, by a monotonic clock
 * @throws SyncError DATABASE_UNREACHABLE after that time; before it, what the work throws
 */
export async function within<T>(ms: number, work: () => PromiseLike<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `The database did not answer within ${ms / 1_000} s`;
    timer = setTimeout(() => reject(new SyncError("DATABASE_UNREACHABLE", message)), ms);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
