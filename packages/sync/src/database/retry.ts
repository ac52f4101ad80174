import { setTimeout as pause } from "node:timers/promises";
import { readDatabaseError } from "./database-error.ts";

// Without a bound, a database that refuses for good would be asked for ever; 20 tries outlast any crowd that the tests could make.
const TRIES = 20;
// Without jitter, those who collided once would collide again at the same moment.
const LONGEST_PAUSE_MS = 100;

/** For work that adds no row which somebody else may add, too: only a deadlock or a serialization failure is a race. */
export const NO_UNIQUE_INDEXES: ReadonlySet<string> = new Set();

/**
 * Runs an outermost piece of work again as long as it fails because somebody else was there at the same time
 * (PostgreSQL: "applications must be prepared to retry"). The work must be idempotent, and whole: a statement by itself
 * or a transaction, never a part of one.
 *
 * @throws what the work threw, if it is no race or the last try
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
