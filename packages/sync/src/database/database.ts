/** What the engine asks of a host's PrismaClient (6.16 to 7, with a driver adapter), inside of a transaction too. */
export interface Queries {
  $queryRawUnsafe<T = unknown>(query: string, ...values: unknown[]): PromiseLike<T>;
  $executeRawUnsafe(query: string, ...values: unknown[]): PromiseLike<number>;
}

/** The host's own PrismaClient, by the three methods that are used. */
export interface Database extends Queries {
  $transaction<T>(
    work: (transaction: Queries) => Promise<T>,
    options?: { isolationLevel?: "ReadCommitted"; timeout?: number; maxWait?: number },
  ): Promise<T>;
}

/** For transactions that need no more, whatever the host's database is set to: above it PostgreSQL refuses what merely met. */
export const readCommitted = { isolationLevel: "ReadCommitted" } as const;

/**
 * For a transaction that others wait for: a function that its platform freezes in the middle gives its locks up after a
 * minute, and not only when its connection is given up.
 */
export const unlessFrozen = "set_config('idle_in_transaction_session_timeout', '60s', true)";
