import PQueue from "p-queue";
import { within } from "../database/deadline.ts";
import { SyncError } from "../sync-error.ts";

// Behind other processes one waits 10 s at most; longer, and whoever waits here tries again, or goes on without.
const WAIT_MS = 20_000;

/**
 * A line in front of the advisory lock: of one process one at a time waits for it. The slow path is serial over the whole
 * database anyhow, and each who waited inside of a transaction would hold a connection of the application's meanwhile.
 *
 * @param longestMs how long one turn may take; then the next one has it, whatever became of the connection
 */
export function createTurns(longestMs: number): <T>(work: () => Promise<T>) => Promise<T> {
  const line = new PQueue({ concurrency: 1 });
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
    return line.add(turn, { signal: waiting.signal });
  };
}
