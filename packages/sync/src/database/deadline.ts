import { SyncError } from "../sync-error.ts";

// A host's client may wait for ever on a connection that fell silent (a lost NAT entry, a failover): nobody who waits for
// the database, and no promise that several share, may wait with it.
/** What somebody waits for a page: better what is known than a page that hangs. */
export const PAGE_MS = 3_000;
/** All else that is one answer of the database. */
export const ANSWER_MS = 10_000;

/**
 * Waits for the database no longer than a while. What was asked goes on, and its answer is thrown away, so the work must
 * be idempotent.
 *
 * @param ms how long, by a clock that nobody sets
 * @throws SyncError DATABASE_UNREACHABLE after that time; before, what the work throws
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
