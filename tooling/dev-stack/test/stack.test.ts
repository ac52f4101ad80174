import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { pendingMigrations } from "@rollcall/dev-stack";
import { deepTest } from "@rollcall/dev-stack/testing/deep-test";
import { programFile } from "@rollcall/dev-stack/testing/program-file";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTemporaryPostgres } from "../src/postgres/temporary-postgres.ts";
import { query } from "./database.ts";
import { type Program, run } from "./program.ts";

const STACK = "tooling/dev-stack/src/commands/stack.ts";
const OFFSET = 20_000 + Math.floor(Math.random() * 10_000);

const startStack = () => run([programFile("stack"), "--users", "5", "--port-offset", String(OFFSET)]);

/** The parts of a running stack other than its own process. */
async function partsOf({ POSTGRES_URL, EMULATOR_URL = "" }: Record<string, string>) {
  const data = String((await query(POSTGRES_URL, "SHOW rollcall.data_directory"))[0]);
  const marks = [`rollcall.data_directory=${data} `, `--port=${new URL(EMULATOR_URL).port} `];
  return {
    folder: path.dirname(data),
    /** Which of the two servers run: their command lines contain these markers. */
    servers: () => {
      const commandLines = execFileSync("ps", ["-Aww", "-o", "args="], { encoding: "utf8" }).split("\n");
      return marks.filter((mark) => commandLines.some((line) => `${line} `.includes(mark)));
    },
    marks: { postgres: marks[0], emulator: marks[1] },
  };
}

let stack: Program;
let environment: Record<string, string>;
beforeAll(async () => {
  stack = startStack();
  environment = await stack.ready;
});
afterAll(() => stack[Symbol.asyncDispose]());

test("the stack prints what an app needs, and who to sign in as", () => {
  expect(environment).toMatchObject({
    POSTGRES_URL: expect.stringMatching(/^postgresql:\/\/postgres@127\.0\.0\.1:\d+\/rollcall$/),
    POSTGRES_URL_NON_POOLING: environment.POSTGRES_URL,
    EMULATOR_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    CLERK_API_URL: environment.EMULATOR_URL,
    CLERK_SECRET_KEY: expect.stringMatching(/^sk_/),
    CLERK_WEBHOOK_SIGNING_SECRET: expect.stringMatching(/^whsec_/),
    NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: expect.stringMatching(/^pk_/),
    NEXT_PUBLIC_CLERK_PROXY_URL: expect.stringMatching(/^http:\/\/localhost:\d+\//),
    NEXT_PUBLIC_CLERK_JS_URL: expect.stringMatching(/^http:\/\/localhost:\d+\/.*\.js$/),
    NEXT_PUBLIC_CLERK_UI_URL: expect.stringMatching(/^http:\/\/localhost:\d+\/.*\.js$/),
    APP_ORIGIN: `http://localhost:${3000 + OFFSET}`,
    CRON_SECRET: expect.stringMatching(/^.{16,}$/),
    ADMIN_EMAIL: expect.stringContaining("@"),
    ADMIN_USER_ID: expect.stringMatching(/^user_[A-Za-z0-9]+$/),
    MEMBER_USER_ID: expect.stringMatching(/^user_[A-Za-z0-9]+$/),
    SEED_PASSWORD: expect.stringMatching(/^.{8,}$/),
  });
});

test("its database is migrated and has no user", async () => {
  const { POSTGRES_URL = "" } = environment;
  expect(await pendingMigrations(POSTGRES_URL)).toEqual([]);
  expect(await query(POSTGRES_URL, `SELECT count(*)::int FROM "User"`)).toEqual([0]);
});

test("its Clerk has the requested number of users, and its browser code", async () => {
  const { CLERK_API_URL, CLERK_SECRET_KEY, NEXT_PUBLIC_CLERK_JS_URL = "" } = environment;
  const count = await fetch(`${CLERK_API_URL}/v1/users/count`, {
    headers: { authorization: `Bearer ${CLERK_SECRET_KEY}` },
  });
  expect(await count.json()).toMatchObject({ total_count: 5 });
  expect((await fetch(NEXT_PUBLIC_CLERK_JS_URL, { method: "HEAD" })).status).toBe(200);
});

// Ends the stack of the tests above.
test("on SIGTERM it ends with 0, and leaves neither a process nor a folder", async () => {
  const { folder, servers, marks } = await partsOf(environment);
  expect(servers()).toEqual([marks.postgres, marks.emulator]);
  expect(existsSync(folder)).toBe(true);

  stack.kill("SIGTERM");
  expect(await stack.ended).toMatchObject({ code: 0, stderr: "" });
  expect(servers()).toEqual([]);
  expect(existsSync(folder)).toBe(false);
});

deepTest("if it is killed, it leaves no emulator, and the next start removes its Postgres", async () => {
  await using killed = startStack();
  const { folder, servers, marks } = await partsOf(await killed.ready);
  expect(servers()).toEqual([marks.postgres, marks.emulator]);

  killed.kill("SIGKILL");
  await expect.poll(servers, { timeout: 30_000 }).not.toContain(marks.emulator);

  await using _next = await startTemporaryPostgres({ port: 0, settings: {} });
  expect(servers()).toEqual([]);
  expect(existsSync(folder)).toBe(false);
});

deepTest("it ends when the program that runs it for the user is killed", async () => {
  await using runner = run(["node_modules/tsx/dist/cli.mjs", STACK, "--users", "5", "--port-offset", String(OFFSET)]);
  const { folder, servers, marks } = await partsOf(await runner.ready);
  expect(servers()).toEqual([marks.postgres, marks.emulator]);

  runner.kill("SIGKILL");
  await runner.ended;
  expect(servers()).toEqual([]);
  expect(existsSync(folder)).toBe(false);
});

test.each([
  ["an unknown option", ["--user", "5"], "Unknown option '--user'"],
  ["an invalid number of users", ["--users", "many"], "expected number, received NaN\n  → at users"],
  ["too few users", ["--users", "1"], "expected number to be >=2\n  → at users"],
  ["an offset above all ports", ["--port-offset", "65000"], 'expected number to be <=60000\n  → at ["port-offset"]'],
])("%s exits with 2, the reason and the usage", async (_, options, reason) => {
  await using refused = run([programFile("stack"), ...options]);
  expect(await refused.ended).toMatchObject({ code: 2, stdout: "" });
  const { stderr } = await refused.ended;
  expect(stderr).toContain(reason);
  expect(stderr).toContain("Usage: pnpm --silent stack");
});
