import type { Queries, TransactionLimits } from "../database.ts";

const DEFAULT_MS = 5_000; // as Prisma's for a transaction

/** For clients without a limit of their own for a transaction: no statement of it runs longer than the whole may. */
export async function limitStatements(transaction: Queries, { timeout = DEFAULT_MS }: TransactionLimits = {}) {
  await transaction.query("select set_config('statement_timeout', $1::text, true)", [`${timeout}`]);
}
