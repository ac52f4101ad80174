import type { Database, Queries } from "../database.ts";
import { statementName } from "../prepared.ts";
import { readPgError } from "./pg-error.ts";
import { rethrowAs } from "./rethrow.ts";
import { endsWithin, limitsOf, serverLimits, workWithin } from "./transaction-limits.ts";

interface PgQueries {
  query(query: { name?: string; text: string; values: unknown[] }): Promise<{ rows: unknown[] }>;
}
interface PgClient extends PgQueries {
  on(event: "error", listener: (error: Error) => void): unknown;
  removeListener(event: "error", listener: (error: Error) => void): unknown;
  release(error?: Error | boolean): void;
}
/** A Pool of node-postgres, or of a driver that speaks like it: Neon's serverless Pool, Vercel's. */
export interface PgPoolLike extends PgQueries {
  connect(): Promise<PgClient>;
}

// Only a connection that went silent takes longer.
const ROLLBACK_MS = 2_000;

const rethrow = rethrowAs(readPgError);

const queries = (client: PgQueries): Queries => ({
  query: (text, values = []) => {
    const name = statementName(text);
    return client.query({ ...(name && { name }), text, values: [...values] }).then(({ rows }) => rows, rethrow);
  },
});

/**
 * A pool of `pg` as the engine's database. It opens no connection of its own, and sessions may be in any time zone.
 *
 * Users of Drizzle and Kysely pass the pool below: `pgDatabase(db.$client)` for Drizzle over node-postgres, and the pool that
 * Kysely's `PostgresDialect` was given. Drizzle's own `execute` does not fit: its `sql` numbers each parameter by its place,
 * and a statement here uses one parameter (`$1`) several times.
 *
 * Set the pool's `connectionTimeoutMillis`, `query_timeout` and `keepAlive`: without them `pg` waits forever for a free
 * connection, and for an answer on one that went silent. Listen to the pool's `error` event: without a listener, a
 * connection that breaks while idle ends the process.
 */
export function pgDatabase(pool: PgPoolLike): Database {
  return {
    ...queries(pool),
    async transaction(work, limits) {
      const { maxWait, timeout } = limitsOf(limits);
      const client = await connect(pool, maxWait);
      // Without a listener, a connection that breaks between two statements ends the process. The next statement fails.
      client.on("error", ignore);
      const { query } = queries(client);
      let broken = false;
      try {
        return await workWithin(timeout, { query }, async (transaction) => {
          await transaction.query(`begin isolation level read committed; ${serverLimits(timeout)}`); // one round trip
          const result = await work(transaction);
          await transaction.query("commit");
          return result;
        });
      } catch (error) {
        // A connection that cannot roll back is closed, and the server rolls back.
        await endsWithin(ROLLBACK_MS, query("rollback")).catch(() => {
          broken = true;
        });
        throw error;
      } finally {
        client.removeListener("error", ignore);
        client.release(broken);
      }
    },
  };
}

const ignore = () => {};

async function connect(pool: PgPoolLike, ms: number): Promise<PgClient> {
  const connecting = pool.connect();
  try {
    return await endsWithin(ms, connecting);
  } catch (error) {
    // One that comes too late goes back to the pool.
    connecting.then((client) => client.release(), ignore);
    return rethrow(error);
  }
}
