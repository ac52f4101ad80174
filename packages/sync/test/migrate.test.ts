import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { migrate as applyPrismaMigrations, migrationsDirectory } from "@rollcall/dev-stack";
import { createTestDatabase } from "@rollcall/dev-stack/testing";
import { migrations } from "@rollcall/migrations";
import pg from "pg";
import { expect, test } from "vitest";
import { constructionSql, migrate } from "../src/index.ts";
import { openQueue } from "../src/runs/queue.ts";

async function openEmpty() {
  const database = await createTestDatabase();
  const sql = new pg.Pool({ connectionString: database.url });
  await sql.query(`drop schema public cascade; create schema public; drop schema rollcall cascade`);
  return {
    url: database.url,
    sql,
    async [Symbol.asyncDispose]() {
      await sql.end();
      await database[Symbol.asyncDispose]();
    },
  };
}

const MOVED = "20261128000000_rollcall_schema";

/** A database of the time when Rollcall's tables were in the application's schema. */
async function migrateAsBefore(url: string): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "migrations-"));
  try {
    await cp(migrationsDirectory, folder, { recursive: true, filter: (source) => !source.includes(MOVED) });
    await applyPrismaMigrations(url, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Columns, indexes, constraints and enum values of the schema `rollcall`. */
async function definition(sql: pg.Pool): Promise<string[]> {
  const { rows } = await sql.query<{ line: string }>(`
    select concat_ws(' ', table_name, column_name, udt_schema, udt_name, datetime_precision, is_nullable, column_default) as line
    from information_schema.columns where table_schema = 'rollcall'
    union all select indexdef from pg_indexes where schemaname = 'rollcall'
    union all select pg_get_constraintdef(oid) from pg_constraint where connamespace = 'rollcall'::regnamespace and contype <> 'n'
    union all select typname || ' ' || enumlabel || ' ' || enumsortorder from pg_enum join pg_type on pg_type.oid = enumtypid
    where typnamespace = 'rollcall'::regnamespace
    order by 1`);
  return rows.map(({ line }) => line);
}

test("an empty database gets every table, in separate schemas, and a second run changes nothing", async () => {
  await using empty = await openEmpty();
  expect(await migrate(empty.url)).toEqual(migrations.map(({ name }) => name));
  const made = await definition(empty.sql);
  expect(made.filter((line) => line.startsWith("ClerkUser "))).toHaveLength(14);
  expect(await migrate(empty.url)).toEqual([]);
  expect(await definition(empty.sql)).toEqual(made);
  const { rows } = await empty.sql.query("select count(*)::int as tables from pg_tables where schemaname = 'public'");
  expect(rows).toEqual([{ tables: 0 }]);
  expect((await empty.sql.query("select from rollcall_queue.queue")).rowCount).toBe(1);
});

test("a database that has them in the application's schema keeps every row, in tables equal to new ones", async () => {
  await using old = await openEmpty();
  await migrateAsBefore(old.url);
  await old.sql.query(`
    insert into "User" (id, email) values ('user_Ann', 'ann@example.com');
    insert into "ClerkUser" (id, "instanceId", email, "updatedAt", "syncedAt", "deletedBy")
      values ('user_Ann', 'ins_a', 'ann@example.com', now(), now(), null), ('user_Bob', 'ins_a', null, now(), now(), 'run');
    insert into "SyncRun" (id, kind, "dryRun", state, "startedBy", confirmed, "startedAt") values
      ('00000000-0000-0000-0000-000000000001', 'full', false, 'running', 'cron', false, now());
    insert into "SyncWindow" ("runId", number, position, "movedAt") select id, 0, '{"pass": "plan"}', now() from "SyncRun";
    insert into "SyncEvent" (id, source, type, outcome, "firstSeenAt", "lastSeenAt")
      values ('msg_1', 'webhook', 'user.created', 'created', now(), now());
    insert into "ClerkInstance" values ('ins_a', now());`);
  const rows = async (schema: string) => {
    const tables = ["ClerkUser", "SyncRun", "SyncWindow", "SyncEvent", "ClerkInstance", "SyncCandidate"];
    return Promise.all(tables.map(async (name) => (await old.sql.query(`select * from ${schema}."${name}"`)).rows));
  };
  const before = await rows("public");

  await applyPrismaMigrations(old.url);
  await migrate(old.url);

  expect(await rows("rollcall")).toEqual(before);
  const left = await old.sql.query("select tablename from pg_tables where schemaname = 'public' order by 1");
  expect(left.rows.map(({ tablename }) => tablename)).toEqual(["Customer", "User", "_prisma_migrations"]);
  await using fresh = await openEmpty();
  await migrate(fresh.url);
  expect(await definition(old.sql)).toEqual(await definition(fresh.sql));
});

test("processes that migrate at the same time take turns", async () => {
  await using empty = await openEmpty();
  const applied = await Promise.all([migrate(empty.url), migrate(empty.url), migrate(empty.url)]);
  expect(applied.flat().sort()).toEqual(migrations.map(({ name }) => name).sort());
});

test("the SQL to run by hand makes all that migrate makes, and migrate changes nothing after it", async () => {
  await using migrated = await openEmpty();
  await migrate(migrated.url);
  await using byHand = await openEmpty();
  await byHand.sql.query(constructionSql());
  expect(await definition(byHand.sql)).toEqual(await definition(migrated.sql));
  const queues = `select name, policy, retry_limit from rollcall_queue.queue`;
  expect((await byHand.sql.query(queues)).rows).toEqual((await migrated.sql.query(queues)).rows);
  expect(await migrate(byHand.url)).toEqual([]);
  await using queue = await openQueue(byHand.url);
  expect(await queue.take()).toBeNull();
});

test("a user who may not create a schema is told which privilege is missing", async () => {
  await using empty = await openEmpty();
  await empty.sql.query(`drop role if exists no_creator; create role no_creator login password 'x'`);
  const url = Object.assign(new URL(empty.url), { username: "no_creator", password: "x" }).href;
  await expect(migrate(url)).rejects.toMatchObject({
    code: "SCHEMA_MISMATCH",
    message: expect.stringContaining("GRANT CREATE ON DATABASE"),
  });
  await empty.sql.query("drop role no_creator");
});
