import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { migrate } from "@rollcall/dev-stack";
import { deepTest } from "@rollcall/dev-stack/testing/deep-test";
import { expect, test } from "vitest";
import { createEmptyDatabase, query } from "./empty-database.ts";
import { copyProject, type PrismaProject } from "./prisma-cli.ts";

/** Adds a column to the model User. */
async function changeSchema({ folder }: PrismaProject): Promise<void> {
  const file = path.join(folder, "prisma/schema.prisma");
  const schema = await readFile(file, "utf8");
  await writeFile(file, schema.replace(/(model User \{\n)/, "$1  phone String?\n"));
}

/** The URL of the same database for the test's own role, which identifies the databases that it creates. */
async function asOwnRole(url: string, role: string): Promise<string> {
  await query(url, `CREATE ROLE ${role} SUPERUSER LOGIN`);
  const own = new URL(url);
  own.username = role;
  return own.href;
}

test("migrate dev creates a migration from a changed schema, keeps the rows and leaves no shadow database", async () => {
  await using database = await createEmptyDatabase();
  await using project = await copyProject();
  const role = `developer_${database.name}`;
  const url = await asOwnRole(database.url, role);
  // Replayed on the database itself, this migration would find its table, or write its row twice.
  await project.addMigration("30000101000000_note", `CREATE TABLE note (text TEXT); INSERT INTO note VALUES ('once')`);
  await migrate(url, path.join(project.folder, "prisma/migrations"));
  await query(url, `INSERT INTO "User" (id) VALUES ('own row')`);
  await query(url, "INSERT INTO note VALUES ('by hand')");
  await writeFile(path.join(project.folder, "prisma/note.prisma"), "model note {\n  text String?\n  @@ignore\n}\n");
  await changeSchema(project);

  const dev = await project.prisma(url, "migrate", "dev", "--name", "phone");

  expect(dev).toMatchObject({ exitCode: 0, output: expect.stringContaining("Your database is now in sync") });
  const migration = (await readdir(path.join(project.folder, "prisma/migrations"))).find((name) =>
    name.endsWith("_phone"),
  );
  const sql = await readFile(path.join(project.folder, "prisma/migrations", `${migration}`, "migration.sql"), "utf8");
  expect(sql.trim()).toBe('-- AlterTable\nALTER TABLE "User" ADD COLUMN     "phone" TEXT;');
  expect(await query(url, `SELECT id FROM "User" WHERE phone IS NULL`)).toEqual(["own row"]);
  expect(await query(url, "SELECT text FROM note ORDER BY text")).toEqual(["by hand", "once"]);
  expect(await query(database.url, `SELECT datname FROM pg_database WHERE datdba = '${role}'::regrole`)).toEqual([]);
  await query(database.url, `REASSIGN OWNED BY ${role} TO CURRENT_USER; DROP ROLE ${role}`);
});

deepTest("migrate dev on an empty database applies all migrations and creates the next one in one run", async () => {
  await using database = await createEmptyDatabase();
  await using project = await copyProject();
  await changeSchema(project);

  const dev = await project.prisma(database.url, "migrate", "dev", "--name", "phone");

  expect(dev).toMatchObject({ exitCode: 0, output: expect.stringContaining("Your database is now in sync") });
  expect(await query(database.url, `SELECT phone FROM "User"`)).toEqual([]);
  // Only in SQL: a Prisma schema cannot express it.
  expect(await query(database.url, `SELECT to_regclass('"ClerkUser_email_idx"')::text`)).toEqual([
    '"ClerkUser_email_idx"',
  ]);
});

deepTest("migrate dev tries a migration in the shadow database before it changes the real one", async () => {
  await using database = await createEmptyDatabase();
  await using project = await copyProject();
  await project.addMigration("30000101000000_broken", "CREATE TABLE half (id INT); CREATE TABEL other (id INT);");

  const dev = await project.prisma(database.url, "migrate", "dev", "--name", "phone");

  expect(dev).toMatchObject({ exitCode: 1, output: expect.stringContaining("P3006") });
  expect(dev.output).toContain('syntax error at or near "TABEL"');
  expect(await query(database.url, `SELECT to_regclass('"User"')`)).toEqual([null]);
});

deepTest("migrate reset --force empties the database and migrates it again", async () => {
  await using database = await createEmptyDatabase();
  await using project = await copyProject();
  await migrate(database.url);
  await query(database.url, `INSERT INTO "User" (id) VALUES ('own row')`);

  const reset = await project.prisma(database.url, "migrate", "reset", "--force");

  expect(reset).toMatchObject({ exitCode: 0, output: expect.stringContaining("Database reset successful") });
  expect(await query(database.url, `SELECT count(*)::int FROM "User"`)).toEqual([0]);
});
