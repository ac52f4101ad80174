import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "@rollcall/db/client";
import { createTestDatabase, type TestTemplate } from "@rollcall/dev-stack/testing";
import pg from "pg";
import { inject } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { type ApplicationTables, defaultTables } from "../../src/database/tables.ts";
import { type Applied, migrate, type Snapshot } from "../../src/index.ts";
import { checkTables } from "../../src/write-path/check-tables.ts";
import { type WriteStatements, writeStatements } from "../../src/write-path/statements/write-statements.ts";
import { createWritePath, type WritePath } from "../../src/write-path/write-path.ts";
import { openDatabase } from "../open-database.ts";
import { EXTRA_COLUMNS, type ExtraRow, extraColumnTables, extraOf, extraRows } from "./extra-columns.ts";
import { type Mapping, OWN_IDS, ownIdTables } from "./own-ids.ts";

/** A host application: its database, its own Prisma client in the database's own time zone, and Rollcall in it. */
export interface Host extends AsyncDisposable {
  url: string;
  prisma: PrismaClient;
  /** The engine's database, over the driver of this project. */
  db: Database;
  sql: pg.Pool;
  mapping: Mapping;
  tables: ApplicationTables;
  statements: WriteStatements;
  writePath: WritePath;
  apply(...snapshots: Snapshot[]): Promise<Applied[]>;
  insertTombstones(...ids: string[]): Promise<Applied[]>;
  /** Adds a row of the application's own, named `Own`: its id is not Clerk's, or it has no Clerk id. */
  addOwnRow(number: number, email: string): Promise<void>;
  dropOwnRow(number: number): Promise<void>;
  /** The rows of a table, by Clerk's id (`own-<number>` for those from `addOwnRow`), with times as epoch ms. */
  users(): Promise<UserRow[]>;
  /** The columns for more of Clerk's fields, if the mapping has them. */
  extras(): Promise<ExtraRow[]>;
  clerkUsers(): Promise<ClerkUserRow[]>;
  customers(): Promise<CustomerRow[]>;
  /** Which transaction last wrote each row, as PostgreSQL knows it: if it is equal before and after, nothing was written. */
  versions(): Promise<{ table: string; id: string; ctid: string; xmin: string }[]>;
  /** Waits until this many sessions wait for a lock. */
  untilBlocked(sessions?: number): Promise<void>;
  clear(): Promise<void>;
}

export interface UserRow {
  id: string;
  email: string | null;
  emailVerified: number | null;
  name: string | null;
  image: string | null;
}
export interface ClerkUserRow {
  id: string;
  instanceId: string;
  email: string | null;
  emailVerifiedAt: number | null;
  emailSince: number | null;
  name: string | null;
  image: string | null;
  updatedAt: number | null;
  checkedAt: number | null;
  deletedBy: string | null;
}
export interface CustomerRow {
  authUserId: string;
  name: string | null;
  plan: string;
}

export const INSTANCE = "ins_test";

const ms = (column: string) => `(extract(epoch from "${column}") * 1000)::float8 as "${column}"`;

const WITH_QUEUE = { name: "rollcall_with_queue", make: migrate };

export interface HostOptions {
  connections?: number;
  /** The default level of transactions: the host's database may have any. */
  isolation?: string;
  /** False for a database without the queue's tables: a worker creates them. */
  queue?: boolean;
  /** What else is in it. */
  template?: TestTemplate | undefined;
  /** Default: the Vitest project's. */
  mapping?: Mapping;
  /** Of its sessions. Default: the Vitest project's. */
  timeZone?: string | undefined;
}

export async function openHost({
  connections = 8,
  isolation = "read committed",
  queue = true,
  template = queue ? WITH_QUEUE : undefined,
  mapping = inject("mapping"),
  timeZone,
}: HostOptions = {}): Promise<Host> {
  const database = await createTestDatabase({ timeZone, template });
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: database.url, max: connections }) });
  const db = openDatabase(database.url, { connections });
  const sql = new pg.Pool({
    connectionString: database.url,
    options: "-c default_transaction_isolation=read\\ committed",
  });
  if (isolation !== "read committed") {
    await sql.query(`alter database "${database.name}" set default_transaction_isolation = '${isolation}'`);
  }
  if (mapping === "own ids") await sql.query(OWN_IDS);
  if (mapping === "extra columns") await sql.query(EXTRA_COLUMNS);
  const tables = { default: defaultTables, "own ids": ownIdTables, "extra columns": extraColumnTables }[mapping];
  const shownId = mapping === "own ids" ? `coalesce(id, 'own-' || right(pk::text, 1))` : "id";
  const writePath = createWritePath(db, tables);
  const { types } = await checkTables(db, tables);
  const rows = async <Row extends object>(text: string): Promise<Row[]> => (await sql.query<Row>(text)).rows;
  return {
    url: database.url,
    prisma,
    db,
    sql,
    mapping,
    tables,
    statements: writeStatements(tables, types),
    writePath,
    apply: (...snapshots) => writePath.applySnapshots(snapshots),
    insertTombstones: (...ids) => writePath.applyDeletions(ids, { instanceId: INSTANCE, deletedBy: "webhook" }),
    async addOwnRow(number, email) {
      const text =
        mapping === "own ids"
          ? `insert into "User" (pk, email, name) values (lpad($1, 32, '0')::uuid, $2, 'Own') on conflict do nothing`
          : `insert into "User" (id, email, name) values ('own-' || $1, $2, 'Own') on conflict do nothing`;
      await sql.query(text, [number, email]);
    },
    async dropOwnRow(number) {
      const text =
        mapping === "own ids"
          ? `delete from "User" where pk = lpad($1, 32, '0')::uuid and id is null`
          : `delete from "User" where id = 'own-' || $1`;
      await sql.query(text, [number]);
    },
    users: () =>
      rows(
        `select ${shownId} as id, email, ${ms("emailVerified")}, name, image from "User" order by ${shownId} collate "C"`,
      ),
    extras: () => rows(extraRows),
    clerkUsers: () =>
      rows(`select id, "instanceId", email, ${ms("emailVerifiedAt")}, ${ms("emailSince")}, name, image, ${ms("updatedAt")},
        ${ms("checkedAt")}, "deletedBy" from rollcall."ClerkUser" order by id collate "C"`),
    customers: () => rows(`select "authUserId", name, plan from "Customer" order by "authUserId" collate "C"`),
    versions: () =>
      rows(`select 'User' as "table", ${mapping === "own ids" ? "coalesce(id, pk::text) as id" : "id"}, ctid::text, xmin::text from "User" union all
        select 'Customer', id, ctid::text, xmin::text from "Customer" union all
        select 'ClerkUser', id, ctid::text, xmin::text from rollcall."ClerkUser" order by 1, 2`),
    async untilBlocked(sessions = 1) {
      for (;;) {
        const { rows: blocked } = await sql.query(
          `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        );
        if (blocked.length >= sessions) return;
      }
    },
    async clear() {
      await sql.query(`delete from "User"; delete from "Customer"; delete from rollcall."ClerkUser";
        delete from rollcall."SyncEffect"; delete from rollcall."SyncEffectType"`);
    },
    async [Symbol.asyncDispose]() {
      await db[Symbol.asyncDispose]();
      await prisma.$disconnect();
      await sql.end();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** A time at Clerk, in minutes after the first. */
export const at = (minutes: number): Date => new Date(Date.UTC(2026, 0, 1) + minutes * 60_000);

/** A snapshot of a user with their own verified address, except where a test says otherwise. */
export function snapshot(id: string, differences: Partial<Snapshot> = {}): Snapshot {
  const updatedAt = differences.updatedAt ?? at(0);
  return {
    id,
    instanceId: INSTANCE,
    email: `${id.slice("user_".length).toLowerCase()}@example.com`,
    emailVerifiedAt: at(0),
    emailSince: at(0),
    name: id.slice("user_".length),
    image: `https://img.example.com/${id}`,
    extra: inject("mapping") === "extra columns" ? extraOf(id, at(0)) : null,
    createdAt: at(0),
    updatedAt,
    checkedAt: updatedAt,
    ...differences,
  };
}
