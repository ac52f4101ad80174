import type { Connection } from "@rollcall/db/connection";
import pg from "pg";

const TIMEOUT_MS = 10_000; // one statement, or a connection: a sleeping server wakes up within a few seconds
const TRIES = 3; // another client may have taken the session in between

/**
 * Whether a transaction pooler is in front of the server (PgBouncer's transaction mode, Neon's and Supabase's poolers). Then a
 * connection changes its session as soon as another one uses it in a transaction.
 *
 * @throws as `pg` does
 */
export async function isBehindTransactionPooler({ config }: Connection): Promise<boolean> {
  const pool = new pg.Pool({ ...config, max: 2, connectionTimeoutMillis: TIMEOUT_MS, query_timeout: TIMEOUT_MS });
  try {
    const [one, other] = await Promise.all([pool.connect(), pool.connect()]);
    try {
      for (let attempt = 0; attempt < TRIES; attempt++) {
        const before = await sessionOf(one);
        await other.query("begin");
        const taken = await sessionOf(other);
        await other.query("rollback");
        if (taken === before) return true;
      }
      return false;
    } finally {
      one.release(true);
      other.release(true);
    }
  } finally {
    await pool.end();
  }
}

async function sessionOf(client: pg.PoolClient): Promise<unknown> {
  const { rows } = await client.query<{ pid: unknown }>("select pg_backend_pid() as pid");
  return rows[0]?.pid;
}
