import { randomUUID } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { waitUntil } from "../process/wait-until.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The server of this run, with its database `postgres`. Provided by the global setup. */
    postgresUrl: string;
    /** The time zone of test databases' sessions. Provided by the project's configuration. */
    timeZone: string;
  }
}

/** The migrated database to clone. */
export const TEMPLATE = "rollcall_template";

/** A migrated, empty database for one test. */
export interface TestDatabase extends AsyncDisposable {
  readonly name: string;
  readonly url: string;
  /** Drops it. Throws if a connection was left open, and says which. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface TestDatabaseOptions {
  /** PostgreSQL's name of its sessions' time zone. Default: the Vitest project's. */
  timeZone?: string | undefined;
  /** What it is a clone of, where the migrated database is not enough. */
  template?: TestTemplate | undefined;
}

/** A template with more in it. The first test of the run that needs it makes it, and the others clone it. */
export interface TestTemplate {
  /** An identifier in SQL. */
  name: string;
  /** Adds to a clone of the migrated database, and leaves no connection open. */
  make(url: string): Promise<unknown>;
}

const CLOSING_TIMEOUT_MS = 5_000;

/**
 * Clones the template in some 30 ms. Once per test file, or once per test if tests would interfere.
 *
 *     await using database = await createTestDatabase();
 */
export async function createTestDatabase({
  timeZone = inject("timeZone"),
  template,
}: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const server = inject("postgresUrl");
  const name = `test_${randomUUID().replaceAll("-", "")}`;

  await onServer(async (client) => {
    if (template) await makeOnce(client, server, template);
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template?.name ?? TEMPLATE} STRATEGY file_copy`);
    await client.query(`ALTER DATABASE ${name} SET timezone = ${pg.escapeLiteral(timeZone)}`);
  });
  return {
    name,
    url: urlOf(server, name),
    [Symbol.asyncDispose]: () => onServer((client) => drop(client, name)),
  };
}

async function makeOnce(client: pg.ClientBase, server: string, { name, make }: TestTemplate): Promise<void> {
  const isMade = async () => (await client.query("SELECT FROM pg_database WHERE datname = $1", [name])).rowCount === 1;
  if (await isMade()) return;
  // Test files run in several processes.
  await client.query("SELECT pg_advisory_lock(hashtext($1))", [name]);
  try {
    if (!(await isMade())) await makeTemplate(client, server, { name, make });
  } finally {
    await client.query("SELECT pg_advisory_unlock(hashtext($1))", [name]);
  }
}

async function makeTemplate(client: pg.ClientBase, server: string, { name, make }: TestTemplate): Promise<void> {
  // It has its name only when it is whole: no process clones what a maker left that failed.
  const draft = `${name}_draft`;
  await client.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`);
  await client.query(`CREATE DATABASE ${draft} TEMPLATE ${TEMPLATE} STRATEGY file_copy`);
  await make(urlOf(server, draft));
  await client.query(`ALTER DATABASE ${draft} RENAME TO ${name}`);
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = database;
  return url.href;
}

async function drop(client: pg.ClientBase, name: string): Promise<void> {
  let open: string[] = [];
  const closed = await waitUntil(async () => {
    const { rows } = await client.query<{ session: string }>(
      `SELECT format('%s: %s, last query: %s', coalesce(nullif(application_name, ''), 'unnamed'), state, query) AS session
       FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'`,
      [name],
    );
    open = rows.map(({ session }) => session);
    return open.length === 0;
  }, CLOSING_TIMEOUT_MS);
  await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
  if (!closed) throw new Error(`The test left ${open.length} connection(s) to its database open:\n${open.join("\n")}`);
}

/** Each process of tests keeps a few connections to the server, which ends them. They do not keep the process alive. */
let pool: pg.Pool | undefined;

async function onServer<Result>(use: (client: pg.ClientBase) => Promise<Result>): Promise<Result> {
  if (!pool) {
    const connectionString = inject("postgresUrl");
    pool = new pg.Pool({ connectionString, application_name: "test-database", allowExitOnIdle: true });
    pool.on("error", () => {});
  }
  const client = await pool.connect();
  try {
    return await use(client);
  } finally {
    client.release();
  }
}
