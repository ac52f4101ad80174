import { type Emulator, startEmulator } from "@rollcall/clerk-emulator";
import { createTestDatabase, type TestDatabase } from "@rollcall/dev-stack/testing";
import { deepTest } from "@rollcall/dev-stack/testing/deep-test";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { runCommand } from "./run-command.ts";
import { lastLine, startFromSource } from "./run-script.ts";

const USERS = 60;

let emulator: Emulator;
let database: TestDatabase;
beforeAll(async () => {
  emulator = await startEmulator({ users: USERS });
});
afterAll(() => emulator.stop());
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await control("DELETE", "faults");
  await database[Symbol.asyncDispose]();
});

const control = (method: string, path: string, body?: object) =>
  fetch(`${emulator.url}/__control/${path}`, {
    method,
    ...(body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });

async function query<Row extends object>(text: string): Promise<Row[]> {
  const client = new pg.Client(database.url);
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

const environment = () => ({
  CLERK_SECRET_KEY: emulator.secretKey,
  CLERK_API_URL: emulator.url,
  POSTGRES_URL: database.url,
});

const run = (args: string[] = [], overrides: Record<string, string> = {}) =>
  runCommand("sync-all-users", args, { ...environment(), ...overrides });

// In `pnpm test`, stop-by-pnpm.test.ts starts it from its source.
deepTest("starts from its source, as npx tsx starts it", async () => {
  const { code, stdout } = await startFromSource("sync-all-users", ["--json"], environment()).ended;
  expect(code).toBe(0);
  expect(lastLine(stdout)).toMatchObject({ state: "done", created: USERS });
});

test("syncs all users, and finds all unchanged the second time", async () => {
  const first = await run(["--json"]);
  expect(first.code).toBe(0);
  expect(lastLine(first.stdout)).toMatchObject({
    kind: "full",
    dryRun: false,
    state: "done",
    seen: USERS,
    created: USERS,
    failed: 0,
    errors: [],
  });
  expect(lastLine(first.stdout).runId).toMatch(/^[0-9a-f-]{36}$/);
  expect(
    await query(`select from "User" join "Customer" on "authUserId" = "User".id where plan = 'FREE'`),
  ).toHaveLength(USERS);

  const second = await run(["--json"]);
  expect(lastLine(second.stdout)).toMatchObject({ state: "done", seen: USERS, unchanged: USERS });
});

test("prints what it did, for a person", async () => {
  const { code, stdout, stderr } = await run();
  expect(code).toBe(0);
  expect(stdout).toContain(`Done. ${USERS} users`);
  expect(stdout).toContain(`created ${USERS}, updated 0`);
  expect(stderr).toContain(`${USERS} of ${USERS} users`);
});

test("a dry run says what would change and writes nothing", async () => {
  const { code, stdout } = await run(["--dry-run", "--json"]);
  expect(code).toBe(0);
  expect(lastLine(stdout)).toMatchObject({ dryRun: true, state: "done", created: USERS });
  expect(await query(`select from "User" union all select from rollcall."ClerkUser"`)).toHaveLength(0);
});

test("a user that the database refuses is named, and the exit code is 1", async () => {
  await query(`alter table "User" add check (email <> 'member@example.com')`);
  const { code, stdout } = await run(["--json"]);
  expect(code).toBe(1);
  expect(lastLine(stdout)).toMatchObject({
    state: "done",
    created: USERS - 1,
    failed: 1,
    errors: [{ userId: emulator.memberUserId, code: "DATA_REJECTED" }],
  });
});

test("if Clerk's quota is used up, it waits as long as Clerk says, then continues", async () => {
  await control("POST", "faults", { status: 429, retryAfter: 1, times: 2, path: "/v1/users" });
  const { code, stdout, stderr } = await run(["--json"]);
  expect(code).toBe(0);
  expect(stderr).toMatch(/CLERK_RATE_LIMITED: continuing in \d s/);
  expect(lastLine(stdout)).toMatchObject({ state: "done", seen: USERS });
});

test.each([
  [
    "a missing variable",
    { POSTGRES_URL: "", CLERK_SECRET_KEY: "" },
    2,
    /POSTGRES_URL is not set.*\n.*CLERK_SECRET_KEY is not set/,
  ],
  ["an invalid key", { CLERK_SECRET_KEY: "pk_live_x" }, 2, /CLERK_SECRET_KEY is not a secret key/],
  ["a key that Clerk refuses", { CLERK_SECRET_KEY: "sk_live_wrong" }, 2, /CLERK_UNAUTHORIZED.*Check CLERK_SECRET_KEY/],
  ["a Clerk address without https", { CLERK_API_URL: "http://example.com" }, 2, /CLERK_API_URL must be an https URL/],
  [
    "a database that is down",
    { POSTGRES_URL: "postgresql://me:hunter2@127.0.0.1:1/x" },
    6,
    /DATABASE_UNREACHABLE.*Check POSTGRES_URL/,
  ],
  ["a Clerk that is down", { CLERK_API_URL: "http://127.0.0.1:1" }, 5, /CLERK_UNREACHABLE/],
] as const)("%s: says what to do", async (_, environment, expected, message) => {
  const { code, stdout, stderr } = await run([], environment);
  expect(stderr).toMatch(message);
  expect(code).toBe(expected);
  expect(stdout + stderr).not.toContain("hunter2");
  expect(stderr).not.toMatch(/\n\s+at /);
});

test("tables that cannot be written: names the column and the ALTER that fixes it", async () => {
  await query(`alter table "User" add column nickname text not null`);
  const { code, stderr } = await run();
  expect(code).toBe(2);
  expect(stderr).toContain(`"User"."nickname"`);
  expect(stderr).toContain(`ALTER TABLE "User" ALTER COLUMN "nickname"`);
});

test.each([
  ["--nope", "--nope"],
  ["--workers=0", "--workers"],
  ["--workers=many", "--workers"],
  ["--incremental --full", "--incremental"],
  ["--incremental --confirm-deletions", "incremental"],
  ["--dry-run --confirm-deletions", "dry run"],
])("%s is refused with exit code 2", async (options, named) => {
  const { code, stderr } = await run(options.split(" "));
  expect(code).toBe(2);
  expect(stderr).toContain(named);
  expect(stderr).toContain("pnpm sync:all");
});
