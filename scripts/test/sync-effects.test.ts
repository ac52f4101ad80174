import { createTestDatabase, type TestDatabase } from "@rollcall/dev-stack/testing";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runScript } from "./run-script.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

const effects = (args: string[], environment: Record<string, string> = {}) =>
  runScript("sync-effects", args, { CLERK_SECRET_KEY: "sk_test_none", POSTGRES_URL: database.url, ...environment });

test("shows the outbox without asking Clerk, and names this repository's commands", async () => {
  const client = new pg.Client(database.url);
  await client.connect();
  await client.query(
    `insert into rollcall."SyncEffect" (type, "userId", version, "occurredAt", "runAt", attempts, "deadAt") values ('user.deleted', 'user_A', 1, now(), now(), 20, now())`,
  );
  await client.end();
  const { code, stdout, stderr } = await effects([]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("pnpm sync:effects --dead");
  expect((await effects(["--retry"])).stdout).toMatch(/tried again: 1\.\n.*This process delivered none/);
});

test("a database that is down: exit code 6, and what to do", async () => {
  const down = { POSTGRES_URL: "postgresql://me:hunter2@127.0.0.1:1/x" };
  const { code, stdout, stderr } = await effects(["--json"], down);
  expect({ code, stdout }).toEqual({ code: 6, stdout: "" });
  expect(stderr).toMatch(/^DATABASE_UNREACHABLE/);
  expect(stderr).not.toContain("hunter2");
});
