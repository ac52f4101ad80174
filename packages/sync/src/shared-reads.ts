import PQueue from "p-queue";
import { withSyncErrors } from "./database/database-error.ts";
import { ANSWER_MS, within } from "./database/deadline.ts";
import { SyncError } from "./sync-error.ts";

// A batch may hold many reads, and an admin's browser may send many batches. Without a limit they take every connection of the
// pool, and the application's own requests find none.
const READS_AT_ONCE = 4;
const WAITING_READS = 500;

/** Reads that many callers may ask for at the same moment: equal ones are answered once, and few run at the same time. */
export interface SharedReads {
  /**
   * @param read reads only, and depends on nothing but its input
   * @returns the same read. An input is equal to another if both are the same JSON. It throws a SyncError DATABASE_UNAVAILABLE if
   * too many others wait, DATABASE_UNREACHABLE after 10 s, and what `read` throws
   */
  share<Input extends unknown[], Result>(
    read: (...input: Input) => Promise<Result>,
  ): (...input: Input) => Promise<Result>;
  /** Call it after a write: a read that began before must not answer those who ask after it. */
  forget(): void;
}

export function createSharedReads(): SharedReads {
  const queue = new PQueue({ concurrency: READS_AT_ONCE });
  const all: Map<string, unknown>[] = [];
  return {
    share(read) {
      const pending = new Map<string, ReturnType<typeof read>>();
      all.push(pending);
      return (...input) => {
        const key = JSON.stringify(input);
        const running = pending.get(key);
        if (running) return running;
        if (queue.size >= WAITING_READS) {
          return Promise.reject(new SyncError("DATABASE_UNAVAILABLE", "Too many reads wait for the database"));
        }
        const limited = () => withSyncErrors(() => within(ANSWER_MS, () => read(...input)));
        const answer = within(ANSWER_MS, () => queue.add(limited)).finally(() => {
          if (pending.get(key) === answer) pending.delete(key);
        });
        pending.set(key, answer);
        return answer;
      };
    },
    forget() {
      for (const pending of all) pending.clear();
    },
  };
}
