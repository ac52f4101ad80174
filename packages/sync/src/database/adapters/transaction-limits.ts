import type { Queries, TransactionLimits } from "../database.ts";
import { DatabaseError } from "../database-error.ts";
import { within } from "../deadline.ts";

// As Prisma's own.
const MAX_WAIT_MS = 2_000;
const TIMEOUT_MS = 5_000;

/** For clients without limits of their own for a transaction: all limits, in whole ms. */
export const limitsOf = ({ maxWait = MAX_WAIT_MS, timeout = TIMEOUT_MS }: TransactionLimits = {}) => ({
  maxWait: Math.ceil(maxWait),
  timeout: Math.ceil(timeout),
});

/**
 * For a server that no longer has a client to stop it, and would keep the locks of a transaction for hours: each statement,
 * and each pause between two, is ended after `timeout` ms.
 */
export const serverLimits = (timeout: number): string =>
  `set local statement_timeout = ${timeout}; set local idle_in_transaction_session_timeout = ${timeout}`;

/**
 * Limits how long the caller waits, by a monotonic clock. The work itself continues.
 *
 * @throws DatabaseError `too_late` after that time; before it, what the work throws
 */
export const endsWithin = <T>(ms: number, work: Promise<T>): Promise<T> => within(ms, () => work, tooLate);

export const tooLate = (ms: number): DatabaseError =>
  new DatabaseError({ kind: "too_late" }, new Error(`not done within ${ms} ms`));

/**
 * Runs `work` for `ms` at most. What it sends after its end is refused: on a released connection, it would be a
 * statement outside of any transaction.
 */
export async function workWithin<T>(
  ms: number,
  client: Queries,
  work: (transaction: Queries) => Promise<T>,
): Promise<T> {
  let ended = false;
  const transaction: Queries = {
    query: async (text, values) => {
      if (ended) throw tooLate(ms);
      return client.query(text, values);
    },
  };
  try {
    return await endsWithin(ms, work(transaction));
  } finally {
    ended = true;
  }
}
