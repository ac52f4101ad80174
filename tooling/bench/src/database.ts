import { migrate, type Postgres, startTemporaryPostgres } from "@rollcall/dev-stack";
import type { Snapshot } from "@rollcall/sync";
import pg from "pg";

/** The three tables in the bench's own server, and the work on them that is not measured. */
export interface Database extends AsyncDisposable {
  url: string;
  port: number;
  version: string;
  clear(): Promise<void>;
  /** Vacuums and analyzes, so that earlier work and missing statistics do not affect the next measurement. */
  tidy(): Promise<void>;
  /** @throws if one of these users is not stored with that name, or has no customer */
  expectStored(users: readonly Snapshot[]): Promise<void>;
}

const NAME = "bench";
const SETTINGS = {
  // Background work would slow down the current measurement: `tidy` does it instead.
  autovacuum: "off",
  max_wal_size: "8GB",
  shared_buffers: "512MB",
  max_connections: "30",
};

export async function openDatabase(): Promise<Database> {
  const postgres = await startTemporaryPostgres({ port: 0, settings: SETTINGS });
  try {
    return await prepare(postgres);
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

async function prepare(postgres: Postgres): Promise<Database> {
  await postgres.createDatabase(NAME);
  const url = postgres.url(NAME);
  await migrate(url);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ version: string }>(`select current_setting('server_version') as version`);
  return {
    url,
    port: postgres.port,
    version: rows[0]?.version ?? "unknown",
    async clear() {
      await client.query(`truncate "User", "Customer", rollcall."ClerkUser"`);
    },
    async tidy() {
      await client.query("vacuum analyze");
      await client.query("checkpoint");
    },
    async expectStored(users) {
      const { rowCount } = await client.query(
        `select from unnest($1::text[], $2::text[]) as s (id, name)
         join "User" u on u.id = s.id and u.name = s.name join "Customer" k on k."authUserId" = u.id`,
        [users.map(({ id }) => id), users.map(({ name }) => name)],
      );
      if (rowCount !== users.length) throw new Error(`${users.length} users were written, ${rowCount} are stored`);
    },
    async [Symbol.asyncDispose]() {
      await client.end();
      await postgres.stop();
    },
  };
}
