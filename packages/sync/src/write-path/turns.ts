import PQueue from "p-queue";
import { within } from "../database/deadline.ts";
import { SyncError } from "../sync-error.ts";

// Other processes hold the lock 10 s at most; after that, the caller here retries or continues without the write.
const WAIT_MS = 20_000;

/**
 * A queue in front of the advisory lock: only one call per process waits for it. The slow path is serial over the whole
 * database anyway, and every call that waited inside a transaction would hold one of the application's connections.
 *
 * @param longestMs how long one turn may take; after that the next call gets its turn, whatever happened to the connection
 */
export function createTurns(longestMs: number): <T>(work: () => Promise<T>) => Promise<T> {
  const queue = new PQueue({ concurrency: 1 });
  return (work) => {
    const waiting = new AbortController();
    const timer = setTimeout(
      () =>
        waiting.abort(
          new SyncError(
            "DATABASE_UNAVAILABLE",
            `The database is too busy: no turn to write within ${WAIT_MS / 1_000} s`,
          ),
        ),
      WAIT_MS,
    );
    const turn = () => {
      clearTimeout(timer);
      return within(longestMs, work);
    };
    return queue.add(turn, { signal: waiting.signal });
  };
}
