/** What the engine needs from a host's PrismaClient (6.16 to 7, with a driver adapter), also inside a transaction. */
export interface Queries {
  $queryRawUnsafe<T = unknown>(query: string, ...values: unknown[]): PromiseLike<T>;
  $executeRawUnsafe(query: string, ...values: unknown[]): PromiseLike<number>;
}

/** The host's own PrismaClient: the three methods that the engine uses. */
export interface Database extends Queries {
  $transaction<T>(
    work: (transaction: Queries) => Promise<T>,
    options?: { isolationLevel?: "ReadCommitted"; timeout?: number; maxWait?: number },
  ): Promise<T>;
}

/** For transactions that need nothing stricter, whatever the database's default: higher levels make PostgreSQL abort harmless concurrent writes. */
export const readCommitted = { isolationLevel: "ReadCommitted" } as const;

/**
 * For a transaction that others wait for. If the platform freezes the function halfway, the server releases its locks after
 * a minute instead of when the connection is finally closed.
 */
export const unlessFrozen = "set_config('idle_in_transaction_session_timeout', '60s', true)";
