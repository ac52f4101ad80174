import { createTestDatabase } from "@rollcall/dev-stack/testing";
import { deepTest } from "@rollcall/dev-stack/testing/deep-test";
import { expect, test } from "vitest";
import { createEmptyDatabase, query } from "./empty-database.ts";
import { connectEngine } from "./engine.ts";
import { copyProject, thisRepository } from "./prisma-cli.ts";

deepTest("without a database variable the client is generated and the schema validated", async () => {
  await using project = await copyProject();

  expect(await project.prisma(undefined, "generate")).toMatchObject({
    exitCode: 0,
    output: expect.stringContaining("Generated Prisma Client"),
  });
  expect(await project.prisma(undefined, "validate")).toMatchObject({ exitCode: 0 });
});

deepTest("without a database variable migrate names the variable and what to set it to", async () => {
  const deployed = await thisRepository.prisma(undefined, "migrate", "deploy");
  expect(deployed.exitCode).toBe(1);
  expect(deployed.output).toContain("POSTGRES_URL is not set. Set it");
});

test("a server that is down is named, and the password is not", async () => {
  const refusal = connectEngine("postgresql://someone:hush@127.0.0.1:1/rollcall");
  await expect(refusal).rejects.toMatchObject({ code: "P1001", message: expect.stringContaining("127.0.0.1:1") });
  await expect(refusal).rejects.not.toThrow("hush");
});

test("sslmode=require refuses a server that does not encrypt", async () => {
  await using database = await createTestDatabase();
  const url = `${database.url}?sslmode=require&channel_binding=require`;
  await expect(connectEngine(url)).rejects.toMatchObject({ code: "P1011" });
});

deepTest("schema= puts the tables and their migrations into that schema", async () => {
  await using database = await createEmptyDatabase();
  await using project = await copyProject();
  const url = `${database.url}?schema=roll%20call`;

  const deployed = await project.prisma(url, "migrate", "deploy");
  expect(deployed.exitCode).toBe(0);
  expect(await query(database.url, `SELECT count(*)::int FROM "roll call"."User"`)).toEqual([0]);
  expect(await query(database.url, `SELECT to_regclass('public."User"')`)).toEqual([null]);

  const names = await query(database.url, `SELECT migration_name FROM "roll call"."_prisma_migrations"`);
  expect(names).toContain("20261125000000_users_and_customers");
});

deepTest("migrate status finds the migrations in the schema that schema= names", async () => {
  await using database = await createEmptyDatabase();
  const url = `${database.url}?schema=roll%20call`;
  await thisRepository.prisma(url, "migrate", "deploy");
  const status = await thisRepository.prisma(url, "migrate", "status");
  expect(status).toMatchObject({ exitCode: 0, output: expect.stringContaining("Database schema is up to date!") });
});
