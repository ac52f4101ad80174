import { setTimeout as pause } from "node:timers/promises";
import { readDatabaseError } from "./database-error.ts";

// Without a bound, a permanent failure would be retried forever. 20 tries outlast all contention that the tests can create.
const TRIES = 20;
// Without jitter, writers that collided once would collide again at the same moment.
const LONGEST_PAUSE_MS = 100;

/** For work that adds no row that another writer may add too: only a deadlock or a serialization failure is a race. */
export const NO_UNIQUE_INDEXES: ReadonlySet<string> = new Set();

/**
 * Runs `work` again as long as it fails because of a concurrent write
 * (PostgreSQL: "applications must be prepared to retry"). The work must be idempotent and complete: a single statement
 * or a whole transaction, never part of one.
 *
 * @throws what the work threw, if it is not a race or this was the last try
 */
export async function retryOnRace<T>(uniqueIndexes: ReadonlySet<string>, work: () => PromiseLike<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === TRIES || readDatabaseError(error, uniqueIndexes)?.kind !== "race") throw error;
      await pause(Math.random() * Math.min(LONGEST_PAUSE_MS, 2 ** attempt));
    }
  }
}
