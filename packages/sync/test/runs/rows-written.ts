import { expect } from "vitest";
import type { Host } from "../write-path/host.ts";

/** How many rows of the three tables were ever inserted, updated and deleted, by PostgreSQL's own count. */
export async function rowsWritten({ sql }: Host): Promise<unknown[]> {
  // A session adds its writes to the count when it ends, or on request.
  await sql.query(`select pg_terminate_backend(pid) ${OTHERS}`);
  await sql.query("select pg_stat_force_next_flush()");
  await expect.poll(async () => (await sql.query(`select query ${OTHERS}`)).rows).toEqual([]);
  const { rows } = await sql.query(
    `select relname, n_tup_ins, n_tup_upd, n_tup_del from pg_stat_user_tables
     where relname in ('User', 'Customer', 'ClerkUser') order by relname`,
  );
  return rows;
}

const OTHERS = `from pg_stat_activity
where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`;
