import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { createTestDatabase } from "@rollcall/dev-stack/testing";
import { deepTest } from "@rollcall/dev-stack/testing/deep-test";
import { expect, test } from "vitest";
import { createEmptyDatabase, query } from "./empty-database.ts";
import { copyProject, thisRepository } from "./prisma-cli.ts";

test("the migrations lead to exactly the schema", async () => {
  await using database = await createEmptyDatabase();

  const diff = await thisRepository.prisma(
    database.url,
    ...["migrate", "diff", "--from-migrations", "prisma/migrations", "--to-schema", "prisma", "--exit-code"],
  );

  expect(diff).toMatchObject({ exitCode: 0, output: expect.stringContaining("No difference detected.") });
});

deepTest("a database that was migrated without Prisma's CLI has no drift for it", async () => {
  await using database = await createTestDatabase();

  const diff = await thisRepository.prisma(
    database.url,
    ...["migrate", "diff", "--from-config-datasource", "--to-schema", "prisma", "--exit-code"],
  );
  expect(diff).toMatchObject({ exitCode: 0 });
});

deepTest("migrate diff prints the SQL of a difference and ends with exit code 2", async () => {
  await using database = await createTestDatabase();
  await using project = await copyProject();
  const file = path.join(project.folder, "prisma/schema.prisma");
  await writeFile(file, (await readFile(file, "utf8")).replace("model Customer {", "model Customer {\n  vat String?"));

  const diff = await project.prisma(
    database.url,
    ...["migrate", "diff", "--from-config-datasource", "--to-schema", "prisma", "--script", "--exit-code"],
  );

  expect(diff).toMatchObject({ exitCode: 2 });
  expect(diff.output).toContain('ALTER TABLE "Customer" ADD COLUMN     "vat" TEXT;');
});

deepTest("db pull reads tables, enums, relations and keys from the database", async () => {
  await using database = await createTestDatabase();
  await using project = await copyProject();
  await writeFile(path.join(project.folder, "bare.prisma"), 'datasource db {\n  provider = "postgresql"\n}\n');

  const pulled = await project.prisma(database.url, "db", "pull", "--print", "--schema", "bare.prisma");

  expect(pulled).toMatchObject({ exitCode: 0 });
  expect(pulled.output).toContain("model ClerkUser {");
  expect(pulled.output).toMatch(/enum Plan \{\s+FREE\s+PRO\s+BUSINESS\s+\}/);
  expect(pulled.output).toMatch(
    /User +User +@relation\(fields: \[authUserId\], references: \[id\], onDelete: Cascade\)/,
  );
  expect(pulled.output).toMatch(/email +String\? +@unique/);
});

deepTest("db push updates a database to the schema without a migration", async () => {
  await using database = await createEmptyDatabase();
  await using project = await copyProject();

  const pushed = await project.prisma(database.url, "db", "push");

  expect(pushed).toMatchObject({ exitCode: 0, output: expect.stringContaining("Your database is now in sync") });
  expect(await query(database.url, `SELECT count(*)::int FROM "Customer"`)).toEqual([0]);
});
