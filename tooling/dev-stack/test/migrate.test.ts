import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { migrate, pendingMigrations } from "@rollcall/dev-stack";
import { expect, test } from "vitest";
import { createEmptyDatabase, query } from "./database.ts";
import { run } from "./program.ts";
import { createTemporaryFolder } from "./temporary-folder.ts";

const FIRST = "30000101000000_first";
const SECOND = "30000102000000_second";

const prisma = (url: string, ...words: string[]) =>
  run(["node_modules/prisma/build/index.js", ...words], {
    POSTGRES_URL: url,
    CHECKPOINT_DISABLE: "1", // otherwise it asks Prisma's server for newer versions
  }).ended;

async function write(directory: string, name: string, sql: string): Promise<void> {
  await mkdir(path.join(directory, name), { recursive: true });
  await writeFile(path.join(directory, name, "migration.sql"), sql);
}

const tables = (url: string) =>
  query(url, "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1");

const applied = (url: string) =>
  query(url, `SELECT migration_name FROM "_prisma_migrations" WHERE finished_at IS NOT NULL ORDER BY started_at`);

test("every migration is applied once, and a second run has nothing to do", async () => {
  await using database = await createEmptyDatabase();
  const names = await migrate(database.url);
  expect(names).toContain("20261125000000_users_and_customers");
  expect(await query(database.url, `SELECT count(*)::int FROM "User"`)).toEqual([0]);

  expect(await migrate(database.url)).toEqual([]);
  expect(await applied(database.url)).toEqual(names);
});

test("Prisma's own command finds the database up to date, and writes the same rows into the same table", async () => {
  await using database = await createEmptyDatabase();
  await using deployed = await createEmptyDatabase();
  await migrate(database.url);
  const [status, deploy] = await Promise.all([
    prisma(database.url, "migrate", "status"),
    prisma(deployed.url, "migrate", "deploy"),
  ]);
  expect(status).toMatchObject({ code: 0, stdout: expect.stringContaining("Database schema is up to date!") });
  expect(deploy).toMatchObject({ code: 0 });

  const rows = `SELECT (migration_name, checksum, applied_steps_count, logs, rolled_back_at)::text
    FROM "_prisma_migrations" ORDER BY migration_name`;
  expect(await query(database.url, rows)).toEqual(await query(deployed.url, rows));
  const columns = `SELECT (column_name, data_type, character_maximum_length, is_nullable, column_default)::text
    FROM information_schema.columns WHERE table_name = '_prisma_migrations' ORDER BY ordinal_position`;
  expect(await query(database.url, columns)).toEqual(await query(deployed.url, columns));
});

test("two simultaneous runs apply each migration once", async () => {
  await using database = await createEmptyDatabase();
  const [one, other] = await Promise.all([migrate(database.url), migrate(database.url)]);
  expect([one, other]).toContainEqual([]);
  expect(await applied(database.url)).toEqual([...one, ...other]);
});

test("pending migrations are named, without a write", async () => {
  await using database = await createEmptyDatabase();
  const pending = await pendingMigrations(database.url);
  expect(await tables(database.url)).toEqual([]);

  expect(await migrate(database.url)).toEqual(pending);
  expect(await pendingMigrations(database.url)).toEqual([]);
});

test("a failed migration is reported with its line, leaves nothing behind and stops those after it", async () => {
  await using database = await createEmptyDatabase();
  await using folder = await createTemporaryFolder();
  await write(folder.path, FIRST, "CREATE TABLE half (id int);\nCREATE TABEL other (id int);\n");
  await write(folder.path, SECOND, "CREATE TABLE later (id int);");

  await expect(migrate(database.url, folder.path)).rejects.toMatchObject({
    code: "MIGRATION_FAILED",
    migration: FIRST,
    message: `Migration ${FIRST} failed: syntax error at or near "TABEL" (line 2), SQLSTATE 42601`,
  });
  expect(await tables(database.url)).toEqual(["_prisma_migrations"]);
});

test("a migration that failed before stops every run, until it is marked as rolled back", async () => {
  await using database = await createEmptyDatabase();
  await using folder = await createTemporaryFolder();
  await write(folder.path, FIRST, "SELECT 1 / 0");
  await expect(migrate(database.url, folder.path)).rejects.toMatchObject({ code: "MIGRATION_FAILED" });

  await write(folder.path, FIRST, "CREATE TABLE fixed (id int)");
  const refusal = { code: "MIGRATION_FAILED_BEFORE", migration: FIRST };
  await expect(migrate(database.url, folder.path)).rejects.toMatchObject(refusal);
  await expect(pendingMigrations(database.url, folder.path)).rejects.toMatchObject(refusal);
  expect(await query(database.url, `SELECT logs FROM "_prisma_migrations"`)).toEqual([
    "division by zero, SQLSTATE 22012",
  ]);

  await query(database.url, `UPDATE "_prisma_migrations" SET rolled_back_at = now()`); // as `prisma migrate resolve` does
  expect(await migrate(database.url, folder.path)).toEqual([FIRST]);
  expect(await tables(database.url)).toEqual(["_prisma_migrations", "fixed"]);
});

test("a migration that was edited after it was applied is refused", async () => {
  await using database = await createEmptyDatabase();
  await using folder = await createTemporaryFolder();
  await write(folder.path, FIRST, "CREATE TABLE original (id int)");
  await migrate(database.url, folder.path);

  await write(folder.path, FIRST, "CREATE TABLE edited (id int)");
  await write(folder.path, SECOND, "CREATE TABLE later (id int)");
  await expect(migrate(database.url, folder.path)).rejects.toMatchObject({
    code: "MIGRATION_EDITED",
    migration: FIRST,
  });
  expect(await tables(database.url)).toEqual(["_prisma_migrations", "original"]);
});
