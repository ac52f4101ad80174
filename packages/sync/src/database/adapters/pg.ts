import type { Database, Queries } from "../database.ts";
import { readPgError } from "./pg-error.ts";
import { rethrowAs } from "./rethrow.ts";
import { limitStatements } from "./statement-limit.ts";

interface PgQueries {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}
interface PgClient extends PgQueries {
  release(error?: Error | boolean): void;
}
/** A Pool of node-postgres, or of a driver that speaks like it: Neon's serverless Pool, Vercel's. */
export interface PgPoolLike extends PgQueries {
  connect(): Promise<PgClient>;
}

const rethrow = rethrowAs(readPgError);

const queries = (client: PgQueries): Queries => ({
  query: (text, values = []) => client.query(text, [...values]).then(({ rows }) => rows, rethrow),
});

/**
 * A pool of `pg` as the engine's database. Drizzle and Kysely users pass the pool below (Drizzle: `db.$client`). Sessions may
 * be in any time zone. Set the pool's `connectionTimeoutMillis`, `query_timeout` and `keepAlive`: without them `pg` waits
 * forever for a free connection, and on one that went silent.
 */
export function pgDatabase(pool: PgPoolLike): Database {
  return {
    ...queries(pool),
    async transaction(work, limits) {
      const client = await pool.connect().catch(rethrow);
      const transaction = queries(client);
      let broken = false;
      try {
        await transaction.query("begin isolation level read committed");
        await limitStatements(transaction, limits);
        const result = await work(transaction);
        await transaction.query("commit");
        return result;
      } catch (error) {
        // A connection that cannot roll back is closed, and the server rolls back.
        await transaction.query("rollback").catch(() => {
          broken = true;
        });
        throw error;
      } finally {
        client.release(broken);
      }
    },
  };
}
