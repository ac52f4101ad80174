/** A client of the database, or one transaction of it. */
export interface Queries {
  /**
   * Runs one statement with numbered parameters ($1, $2, …) and resolves to its rows as objects, to be parsed.
   *
   * @throws DatabaseError for every failure that the driver reports
   */
  query(text: string, values?: readonly unknown[]): Promise<unknown[]>;
}

/** How long a transaction may take, in ms. */
export interface TransactionLimits {
  /** Wait for a free connection; default 2,000. */
  maxWait?: number;
  /** From begin to end; default 5,000. */
  timeout?: number;
}

/**
 * What the engine needs from a Postgres client: two methods. Adapters for Prisma, `pg` and postgres.js are in `adapters/`. An
 * adapter for another client must turn its errors into `DatabaseError`.
 */
export interface Database extends Queries {
  /**
   * Runs `work` in a READ COMMITTED transaction, whatever the database's default: higher levels make PostgreSQL abort
   * harmless concurrent writes. Commits what it wrote, or rolls it back if it throws.
   *
   * @throws DatabaseError, and what `work` throws
   */
  transaction<T>(work: (transaction: Queries) => Promise<T>, limits?: TransactionLimits): Promise<T>;
}

/**
 * For a transaction that others wait for. If the platform freezes the function halfway, the server releases its locks after
 * a minute instead of when the connection is finally closed.
 */
export const unlessFrozen = "set_config('idle_in_transaction_session_timeout', '60s', true)";
