import { type Emulator, startEmulator } from "@rollcall/clerk-emulator";
import { createTestDatabase, type TestDatabase } from "@rollcall/dev-stack/testing";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { runCommand } from "./run-command.ts";
import { runScript } from "./run-script.ts";

let clerk: Emulator;
let database: TestDatabase;
beforeAll(async () => {
  clerk = await startEmulator({ users: 3 });
  database = await createTestDatabase();
});
afterAll(async () => {
  await clerk.stop();
  await database[Symbol.asyncDispose]();
});

const environment = () => ({
  CLERK_SECRET_KEY: clerk.secretKey,
  CLERK_API_URL: clerk.url,
  CLERK_WEBHOOK_SIGNING_SECRET: clerk.webhookSigningSecret,
  NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: "pk_live_x",
  POSTGRES_URL: database.url,
});
const check = (args: string[], overrides: Record<string, string> = {}) =>
  runCommand("sync-check", args, { ...environment(), ...overrides });

async function query(text: string): Promise<void> {
  const client = new pg.Client(database.url);
  await client.connect();
  await client.query(text);
  await client.end();
}

const reports = z.array(z.object({ id: z.string(), title: z.string(), status: z.enum(["ok", "finding", "skipped"]) }));
const wrong = (stdout: string): string[] =>
  reports.parse(JSON.parse(stdout)).flatMap(({ id, status }) => (status === "finding" ? [id] : []));

test("a setup before its first sync has findings with this repository's commands as remedies, and after it none", async () => {
  const before = await runScript("sync-check", [], environment());
  expect(before).toMatchObject({ code: 1, stderr: "" });
  expect(before.stdout).toContain("✓ Clerk accepts the key (a key of the production instance");
  expect(before.stdout).toMatch(/! As many users are here as at Clerk\n {2}.*3 users too few.*\n {2}→ pnpm sync:all/);
  expect(before.stdout).toMatch(/✗ Workers may use the queue\n {2}.*\n {2}→ pnpm db:migrate/);

  expect(await runCommand("sync-all-users", [], environment())).toMatchObject({ code: 0 });
  const { code, stdout } = await check(["--json"]);
  expect(wrong(stdout)).toEqual([]);
  expect(code).toBe(0);
});

test("--fix fixes what is safe to fix, and nothing else", async () => {
  expect(await runCommand("migrate", [], environment())).toMatchObject({ code: 0 });
  await query(`drop index rollcall."SyncRun_active_key"; alter table "User" drop column image`);
  expect(wrong((await check(["--json"])).stdout)).toEqual(["indexes", "columns"]);
  const { code, stdout } = await check(["--fix", "--json"]);
  expect({ code, wrong: wrong(stdout) }).toEqual({ code: 1, wrong: ["columns"] });
  await query(`alter table "User" add column image text`);
});

test("if Rollcall does not start, that is the finding", async () => {
  const { code, stdout } = await check(["--json"], { POSTGRES_URL: "" });
  expect({ code, wrong: wrong(stdout) }).toEqual({ code: 1, wrong: ["env-database", "rollcall"] });
  expect(stdout).toContain("POSTGRES_URL is not set");
});

test.each([
  ["an unknown option", ["--nope"], /--nope/],
  ["an address that is none", ["--url", "app.example.com"], /--url is the app's address/],
])("%s is refused with exit code 2", async (_, args, message) => {
  expect(await check(args)).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(message) });
});
