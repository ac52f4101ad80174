import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "@rollcall/db/client";
import { createTestDatabase } from "@rollcall/dev-stack/testing";
import pg from "pg";
import type { Database } from "../../src/database/database.ts";
import { defaultTables } from "../../src/database/tables.ts";
import { type Applied, migrate, type Snapshot } from "../../src/index.ts";
import { createWritePath, type WritePath } from "../../src/write-path/write-path.ts";
import { openDatabase } from "../open-database.ts";

/** A host application: its database, its own Prisma client in the database's own time zone, and Rollcall in it. */
export interface Host extends AsyncDisposable {
  url: string;
  prisma: PrismaClient;
  /** The engine's database, over the driver of this project. */
  db: Database;
  sql: pg.Pool;
  writePath: WritePath;
  apply(...snapshots: Snapshot[]): Promise<Applied[]>;
  insertTombstones(...ids: string[]): Promise<Applied[]>;
  /** The rows of a table, by id, with times as epoch ms. */
  users(): Promise<UserRow[]>;
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

/**
 * @param options.isolation of transactions that do not ask for one: the host's database may be set to any
 * @param options.queue false where the tables of the queue are not there yet: a worker makes them
 */
export async function openHost({ connections = 8, isolation = "read committed", queue = true } = {}): Promise<Host> {
  const database = await createTestDatabase(queue ? { template: WITH_QUEUE } : {});
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: database.url, max: connections }) });
  const db = openDatabase(database.url, { connections });
  const sql = new pg.Pool({
    connectionString: database.url,
    options: "-c default_transaction_isolation=read\\ committed",
  });
  await sql.query(`alter database "${database.name}" set default_transaction_isolation = '${isolation}'`);
  const writePath = createWritePath(db, defaultTables);
  const rows = async <Row extends object>(text: string): Promise<Row[]> => (await sql.query<Row>(text)).rows;
  return {
    url: database.url,
    prisma,
    db,
    sql,
    writePath,
    apply: (...snapshots) => writePath.applySnapshots(snapshots),
    insertTombstones: (...ids) => writePath.applyDeletions(ids, { instanceId: INSTANCE, deletedBy: "webhook" }),
    users: () => rows(`select id, email, ${ms("emailVerified")}, name, image from "User" order by id collate "C"`),
    clerkUsers: () =>
      rows(`select id, "instanceId", email, ${ms("emailVerifiedAt")}, ${ms("emailSince")}, name, image, ${ms("updatedAt")},
        ${ms("checkedAt")}, "deletedBy" from rollcall."ClerkUser" order by id collate "C"`),
    customers: () => rows(`select "authUserId", name, plan from "Customer" order by "authUserId" collate "C"`),
    versions: () =>
      rows(`select 'User' as "table", id, ctid::text, xmin::text from "User" union all
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
      await sql.query(`delete from "User"; delete from "Customer"; delete from rollcall."ClerkUser"`);
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
    createdAt: at(0),
    updatedAt,
    checkedAt: updatedAt,
    ...differences,
  };
}
