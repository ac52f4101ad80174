import { randomUUID } from "node:crypto";
import { migrate, type Postgres, startTemporaryPostgres } from "@rollcall/dev-stack";
import { type ApplicationTables, migrate as migrateRollcall, type Snapshot } from "@rollcall/sync";
import pg from "pg";
import { parentOf } from "./cpu.ts";

/** The three tables in a database of the bench's own server, and the work on them that is not measured. */
export interface Database {
  url: string;
  port: number;
  /** Over a connection that no contender uses. */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  clear(): Promise<void>;
  /** Makes this the Clerk instance that it mirrors: a database with users adopts no emulator by itself. */
  mirror(instanceId: string): Promise<void>;
  /** Makes writes fill the outbox with these types from the present on. */
  handleEffects(types: readonly string[]): Promise<void>;
  /** Vacuums and analyzes, so that earlier work and missing statistics do not affect the next measurement. */
  tidy(): Promise<void>;
  /** @throws if one of these users is not stored with that name, or has no customer */
  expectStored(users: readonly Snapshot[]): Promise<void>;
}

const SETTINGS = {
  // Background work would slow down the current measurement: `tidy` does it instead.
  autovacuum: "off",
  max_wal_size: "8GB",
  shared_buffers: "512MB",
  max_connections: "30",
};

/** Ids of the application's own: Clerk's id is a column next to them, and customers refer to them. */
export const ownIdTables: ApplicationTables = {
  user: {
    table: "User",
    key: "id",
    id: "pk",
    newId: randomUUID,
    columns: { email: "email", emailVerified: "emailVerified", name: "name", image: "image" },
    updatedAt: "updatedAt",
  },
  customer: { table: "Customer", userKey: "owner", name: "name" },
};

const OWN_IDS = `
  alter table "Customer" drop column "authUserId";
  alter table "User" drop constraint "User_pkey", add unique (id), alter id drop not null, add pk uuid primary key;
  alter table "Customer" add owner uuid not null unique references "User" on delete cascade`;

/** The bench's own PostgreSQL server. */
export interface Server extends AsyncDisposable {
  version: string;
  /** The server's first process, whose descendants are all others; undefined where there is no /proc. */
  pid: number | undefined;
  /** The tables as in the schema. */
  database: Database;
  /** The same with ids of the application's own. */
  ownIds: Database;
}

export async function startServer(): Promise<Server> {
  const postgres = await startTemporaryPostgres({ port: 0, settings: SETTINGS });
  const clients: pg.Client[] = [];
  const close = async () => {
    for (const client of clients) await client.end();
    await postgres.stop();
  };
  const open = async (name: string, change: string, owner: string): Promise<Database> => {
    await postgres.createDatabase(name);
    await migrate(postgres.url(name));
    await migrateRollcall(postgres.url(name));
    const client = new pg.Client({ connectionString: postgres.url(name) });
    await client.connect();
    clients.push(client);
    await client.query(change);
    return prepare(postgres, name, client, owner);
  };
  try {
    const database = await open("bench", "", `k."authUserId" = u.id`);
    const ownIds = await open("bench_own_ids", OWN_IDS, "k.owner = u.pk");
    const [own] = await database.query<{ version: string; pid: number }>(
      "select current_setting('server_version') as version, pg_backend_pid() as pid",
    );
    if (!own) throw new Error("PostgreSQL did not say its version");
    return { version: own.version, pid: parentOf(own.pid), database, ownIds, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @param owner the condition that joins a customer `k` to their user `u` */
function prepare(postgres: Postgres, name: string, client: pg.Client, owner: string): Database {
  return {
    url: postgres.url(name),
    port: postgres.port,
    query: async <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) =>
      (await client.query<Row>(text, values)).rows,
    async clear() {
      await client.query(
        `truncate "User", "Customer", rollcall."ClerkUser", rollcall."ClerkInstance", rollcall."SyncEffect",
           rollcall."SyncEvent", rollcall."DirectoryCount", rollcall."SyncRun" cascade`,
      );
    },
    async mirror(instanceId) {
      await client.query(`insert into rollcall."ClerkInstance" (id, "adoptedAt") values ($1, now())`, [instanceId]);
    },
    async handleEffects(types) {
      await client.query(`delete from rollcall."SyncEffectType"`);
      await client.query(
        `insert into rollcall."SyncEffectType" (type, since, "delayMs") select unnest($1::text[]), clock_timestamp() - interval '1 min', 0`,
        [types],
      );
    },
    async tidy() {
      await client.query("vacuum analyze");
      await client.query("checkpoint");
    },
    async expectStored(users) {
      const { rowCount } = await client.query(
        `select from unnest($1::text[], $2::text[]) as s (id, name)
         join "User" u on u.id = s.id and u.name = s.name join "Customer" k on ${owner}`,
        [users.map(({ id }) => id), users.map(({ name }) => name)],
      );
      if (rowCount !== users.length) throw new Error(`${users.length} users were written, ${rowCount} are stored`);
    },
  };
}
