import { SyncError } from "../sync-error.ts";

// A host's client may wait forever on a connection that went silent (a lost NAT entry, a failover). Callers, and promises
// that several callers share, must not wait with it.
/** For page loads: known data is better than a page that hangs. */
export const PAGE_MS = 3_000;
/** For everything else that waits for one answer from the database. */
export const ANSWER_MS = 10_000;

const noAnswer = (ms: number): Error =>
  new SyncError("DATABASE_UNREACHABLE", `The database did not answer within ${ms / 1_000} s`);

/**
 * Limits how long a caller waits for the database. The work itself continues and its result is discarded, so it must
 * be idempotent.
 *
 * @param ms the limit, by a monotonic clock
 * @param late the error for work that is not done by then; default: SyncError DATABASE_UNREACHABLE
 * @throws that error after that time; before it, what the work throws
 */
export async function within<T>(ms: number, work: () => PromiseLike<T>, late = noAnswer): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late(ms)), ms);
  });
  try {
    return await Promise.race([work(), limit]);
  } finally {
    clearTimeout(timer);
  }
}
