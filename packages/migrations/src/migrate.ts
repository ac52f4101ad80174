import pg from "pg";
import { z } from "zod/v4";
import { type Migration, migrations } from "./migrations.ts";

/** Any fixed number that no other program on this database uses. */
const LOCK_KEY = 7_041_778;
const CONNECT_TIMEOUT_MS = 10_000;

// CREATE SCHEMA IF NOT EXISTS requires the right to create schemas even if the schema exists.
const prepare = `do $$ begin
  if to_regnamespace('rollcall') is null then create schema rollcall; end if;
  if to_regclass('rollcall.migration') is null then
    create table rollcall.migration (version integer primary key, name text not null, "appliedAt" timestamptz(3) not null);
  end if;
end $$`;

/** How `pendingMigrations` queries the database: runs one statement, returns its rows. */
export type PendingQuery = (text: string) => Promise<unknown[]>;

/**
 * The migrations that the database lacks. Writes nothing.
 *
 * @throws as `query` does
 */
export async function pendingMigrations(query: PendingQuery): Promise<readonly Migration[]> {
  const [{ exists }] = existsRow.parse(await query(`select to_regclass('rollcall.migration') is not null as exists`));
  if (!exists) return migrations;
  const applied = new Set(versionRows.parse(await query(`select version from rollcall.migration`)).map((row) => row.version));
  return migrations.filter(({ version }) => !applied.has(version));
}

const existsRow = z.tuple([z.object({ exists: z.boolean() })]);
const versionRows = z.array(z.object({ version: z.number() }));

/**
 * Applies the migrations that the database lacks, each in its own transaction, one process at a time.
 *
 * @param connectionString of a user that may create a schema (GRANT CREATE ON DATABASE) if `rollcall` does not exist yet
 * @returns those applied now
 * @throws as `pg` does; the migrations before the failed one stay
 */
export async function migrateTables(connectionString: string): Promise<readonly Migration[]> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  await client.connect();
  try {
    const applied: Migration[] = [];
    for (;;) {
      const migration = await applyNext(client);
      if (!migration) return applied;
      applied.push(migration);
    }
  } finally {
    await client.end();
  }
}

/** All of the tables as SQL that a person can run on a database that has none of them. */
export const tablesSql = (): string =>
  `${prepare};\n${migrations
    .map(
      ({ version, name, sql }) =>
        `${sql}\ninsert into rollcall.migration (version, name, "appliedAt") values (${version}, ${pg.escapeLiteral(name)}, clock_timestamp());`,
    )
    .join("\n")}`;

async function applyNext(client: pg.Client): Promise<Migration | undefined> {
  // A lock of the transaction, not of the session: a pooler would keep the session, and with it the lock.
  await client.query("begin");
  try {
    await client.query("select pg_advisory_xact_lock($1)", [LOCK_KEY]);
    await client.query(prepare);
    const [next] = await pendingMigrations(async (text) => (await client.query(text)).rows);
    if (next) {
      await client.query(next.sql);
      await client.query(`insert into rollcall.migration (version, name, "appliedAt") values ($1, $2, clock_timestamp())`, [
        next.version,
        next.name,
      ]);
    }
    await client.query("commit");
    return next;
  } catch (error) {
    await client.query("rollback");
    throw error;
  }
}
