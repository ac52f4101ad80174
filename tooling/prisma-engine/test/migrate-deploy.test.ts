import { deepTest } from "@rollcall/dev-stack/testing/deep-test";
import { expect } from "vitest";
import { createEmptyDatabase, query } from "./empty-database.ts";
import { copyProject } from "./prisma-cli.ts";

// Each start of Prisma's CLI takes seconds. `pnpm test` deploys once, to compare it with the deployment without the CLI.

deepTest("migrate status names the missing migrations", async () => {
  await using database = await createEmptyDatabase();
  await using project = await copyProject();

  const status = await project.prisma(database.url, "migrate", "status");
  expect(status).toMatchObject({ exitCode: 1, output: expect.stringContaining("20261125000000_users_and_customers") });
});

deepTest(
  "migrate deploy creates a database that does not exist, and semicolons in quotes, comments and $$ do not split a migration",
  async () => {
    await using neighbour = await createEmptyDatabase();
    await using project = await copyProject();
    await project.addMigration(
      "30000101000000_greeting",
      `-- one; comment
     CREATE FUNCTION greeting() RETURNS text LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; RETURN 'a;b'; END; $$;
     /* another; */ CREATE TABLE "semi;colon" (text TEXT DEFAULT 'it''s; so');
     INSERT INTO "semi;colon" DEFAULT VALUES;`,
    );
    const name = `${neighbour.name}_created`;
    const url = new URL(neighbour.url);
    url.pathname = name;
    try {
      const deployed = await project.prisma(url.href, "migrate", "deploy");
      expect(deployed).toMatchObject({ exitCode: 0, output: expect.stringContaining(`database ${name} created`) });
      expect(await query(url.href, `SELECT count(*)::int FROM "User"`)).toEqual([0]);
      expect(await query(url.href, "SELECT greeting()")).toEqual(["a;b"]);
      expect(await query(url.href, `SELECT text FROM "semi;colon"`)).toEqual(["it's; so"]);
    } finally {
      await query(neighbour.url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    }
  },
);

deepTest("two simultaneous deployments apply each migration once, and a third has nothing to do", async () => {
  await using database = await createEmptyDatabase();
  await using project = await copyProject();

  const deployments = await Promise.all([
    project.prisma(database.url, "migrate", "deploy"),
    project.prisma(database.url, "migrate", "deploy"),
  ]);
  expect(deployments.map(({ exitCode, output }) => (exitCode === 0 ? "applied" : output))).toEqual([
    "applied",
    "applied",
  ]);
  expect(deployments.map(({ output }) => output).join("\n")).toContain("successfully applied");
  expect(
    await query(database.url, `SELECT migration_name FROM "_prisma_migrations" GROUP BY 1 HAVING count(*) > 1`),
  ).toEqual([]);

  const again = await project.prisma(database.url, "migrate", "deploy");
  expect(again).toMatchObject({ exitCode: 0, output: expect.stringContaining("No pending migrations to apply.") });
});

deepTest(
  "a failed migration is named with its reason, leaves nothing behind and stops the next deployment",
  async () => {
    await using database = await createEmptyDatabase();
    await using project = await copyProject();
    await project.addMigration("30000101000000_broken", "CREATE TABLE half (id INT); CREATE TABEL other (id INT);");

    const failed = await project.prisma(database.url, "migrate", "deploy");
    expect(failed.exitCode).toBe(1);
    expect(failed.output).toContain("P3018");
    expect(failed.output).toContain("Migration name: 30000101000000_broken");
    expect(failed.output).toContain('syntax error at or near "TABEL"');
    expect(await query(database.url, "SELECT to_regclass('half')")).toEqual([null]);

    const next = await project.prisma(database.url, "migrate", "deploy");
    expect(next).toMatchObject({ exitCode: 1, output: expect.stringContaining("P3009") });

    const resolved = await project.prisma(database.url, "migrate", "resolve", "--rolled-back", "30000101000000_broken");
    expect(resolved.exitCode).toBe(0);
  },
);
