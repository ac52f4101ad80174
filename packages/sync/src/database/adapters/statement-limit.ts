import type { Queries, TransactionLimits } from "../database.ts";

const DEFAULT_MS = 5_000; // the same as Prisma's for a transaction

/** For clients without their own limit for a transaction: no statement runs longer than the whole transaction may. */
export async function limitStatements(transaction: Queries, { timeout = DEFAULT_MS }: TransactionLimits = {}) {
  await transaction.query("select set_config('statement_timeout', $1::text, true)", [`${timeout}`]);
}
