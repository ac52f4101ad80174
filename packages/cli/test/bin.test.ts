import { execFile } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Emulator, startEmulator } from "@rollcall/clerk-emulator";
import { createTestDatabase, type TestDatabase } from "@rollcall/dev-stack/testing";
import { deepTest } from "@rollcall/dev-stack/testing/deep-test";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type HostFolder, openHostFolder } from "./host.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

let clerk: Emulator;
let database: TestDatabase;
let host: HostFolder;

// Its pool stays open, as a host's does.
const ROLLCALL = `import "server-only";
import { createRollcall } from "@rollcall/sync";
import { pgDatabase } from "@rollcall/sync/pg";
import { pool } from "~/server/db";
import { env } from "@/env";

export const rollcall = createRollcall({
  db: pgDatabase(pool),
  connectionString: env.DATABASE_URL,
  clerk: { secretKey: env.CLERK_SECRET_KEY, apiUrl: env.CLERK_API_URL, webhookSigningSecret: env.WEBHOOK_SECRET },
});
`;

beforeAll(async () => {
  clerk = await startEmulator({ users: 3 });
  database = await createTestDatabase();
  host = await openHostFolder({
    "package.json": "{}",
    "tsconfig.json": `{
      // comments, and options of a bundler, as in a host's own
      "compilerOptions": { "moduleResolution": "bundler", "jsx": "preserve", "baseUrl": ".", "paths": { "~/*": ["./src/*"], "@/*": ["./src/*"] } },
    }`,
    ".env": `DATABASE_URL="${database.url}"\nCLERK_SECRET_KEY=from-the-wrong-file\nCLERK_API_URL=${clerk.url}\n`,
    ".env.local": `CLERK_SECRET_KEY=${clerk.secretKey}\n`,
    "src/env.ts": `const { DATABASE_URL = "", CLERK_SECRET_KEY = "", CLERK_API_URL, CLERK_WEBHOOK_SECRET } = process.env;
export const env = { DATABASE_URL, CLERK_SECRET_KEY, CLERK_API_URL, WEBHOOK_SECRET: process.env.CLERK_WEBHOOK_SIGNING_SECRET };`,
    "src/server/db.ts": `import pg from "pg";
import { env } from "../env";
declare global { var pool: pg.Pool | undefined }
export const pool: pg.Pool = (globalThis.pool ??= new pg.Pool({ connectionString: env.DATABASE_URL, idleTimeoutMillis: 600_000 }));`,
    "src/server/rollcall.ts": ROLLCALL,
  });
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await clerk.stop();
});

async function count(table: string): Promise<number> {
  const client = new pg.Client(database.url);
  await client.connect();
  const { rows } = await client.query<{ count: number }>(`select count(*)::int from ${table}`);
  await client.end();
  return rows[0]?.count ?? 0;
}

describe("over the host's own rollcall file, found by convention, with its aliases, its .env files and its open pool", () => {
  test("sync syncs every user and ends", async () => {
    const { code, stdout, stderr } = await host.npx(["sync"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining("Error") });
    expect(stdout).toContain("Done. 3 users");
    expect(await count(`"User"`)).toBe(3);
  });

  test("sync-user syncs one user, and names the host's own commands", async () => {
    expect(await host.rollcall(["sync-user", clerk.memberUserId, "--json"])).toMatchObject({ code: 0, stderr: "" });
    const { code, stderr } = await host.rollcall(["sync-user", "user_Nobody"]);
    expect(code).toBe(1);
    expect(stderr).toContain("npx rollcall sync looks for such users");
  });

  test("adopt says that there is nothing to do", async () => {
    expect(await host.rollcall(["adopt"])).toMatchObject({ code: 0, stdout: expect.stringContaining("Nothing to do") });
  });

  test("a worker waits for runs until SIGTERM", async () => {
    const worker = host.start(["worker"]);
    let said = "";
    worker.stdout?.on("data", (text) => {
      said += text;
    });
    await expect.poll(() => said, { timeout: 60_000 }).toContain("worker_started");
    worker.kill("SIGTERM");
    await expect.poll(() => worker.exitCode, { timeout: 30_000 }).toBe(0);
  });

  test("the environment wins over the files", async () => {
    const { code, stderr } = await host.rollcall(["sync-user", "user_A"], { CLERK_SECRET_KEY: "sk_live_wrong" });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("CLERK_UNAUTHORIZED") });
  });
});

describe("a rollcall file", () => {
  test("that is not there: says where it looked, and how to create one", async () => {
    await using empty = await openHostFolder({ "package.json": "{}" });
    const { code, stderr } = await empty.rollcall(["sync"]);
    expect(code).toBe(2);
    expect(stderr).toContain("src/server/rollcall.ts, src/lib/rollcall.ts, server/rollcall.ts");
    expect(stderr).toContain("npx rollcall init");
    expect((await empty.rollcall(["sync", "--file", "nowhere.ts"])).stderr).toContain("there is no file nowhere.ts");
    expect(await empty.rollcall(["sync", "--file"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--file"),
    });
  });

  test.each<[string, string, RegExp]>([
    ["exports nothing", `export const other = 1;`, /own\.ts exports no `rollcall`/],
    ["does not parse", `export const rollcall = {;`, /own\.ts cannot be loaded\. \w*Error/],
    [
      "imports a missing module",
      `import "~/gone"; export const rollcall = 1;`,
      /own\.ts cannot be loaded\. Error: .*gone/,
    ],
    [
      "throws on import, with a connection string and a key in its message",
      `throw new TypeError("no route to postgresql://me:hunter2@db.example.com:5432/app?key=" + process.env.CLERK_SECRET_KEY);`,
      /own\.ts cannot be loaded\. TypeError: no route to postgresql:\/\/…\n {2}at .*own\.ts/,
    ],
    [
      "gives createRollcall a wrong setting",
      `import { createRollcall } from "@rollcall/sync";
       export const rollcall = createRollcall({ db: {} as never, clerk: { secretKey: "x", apiUrl: "http://example.com" } });`,
      /^CLERK_API_URL must be an https URL/,
    ],
  ])("that %s: says so, without a secret", async (_, text, message) => {
    await host.write("own.ts", text);
    const { code, stdout, stderr } = await host.rollcall(["sync-user", "user_A", "--file=own.ts"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain("hunter2");
    expect(stderr).not.toContain(clerk.secretKey);
  });
});

describe("migrate needs no rollcall file", () => {
  test("and makes the tables of the first variable that names a database", async () => {
    await using empty = await openHostFolder({
      "package.json": "{}",
      ".env": `DATABASE_URL=postgresql://127.0.0.1:1/x`,
    });
    const { code, stdout } = await empty.rollcall(["migrate"], { DIRECT_URL: database.url });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "Rollcall's tables are up to date.\n" });
    expect(await count("rollcall_queue.queue")).toBe(1);
    expect(await empty.rollcall(["migrate"])).toMatchObject({
      code: 6,
      stderr: expect.stringMatching(/^DATABASE_UNREACHABLE/),
    });
  });

  test("and no database to print its SQL", async () => {
    await using empty = await openHostFolder({ "package.json": "{}" });
    const { code, stdout } = await empty.rollcall(["migrate", "--print-sql"]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/create schema rollcall[\s\S]*create_queue/),
    });
    expect(await empty.rollcall(["migrate"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("DATABASE_URL is not set"),
    });
    const wrong = await empty.rollcall(["migrate"], { DATABASE_URL: "mysql://me:hunter2@host/x" });
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("DATABASE_URL is not a connection string of Postgres"),
    });
    expect(wrong.stderr).not.toContain("hunter2");
  });
});

// Compiling all that this repository's own file imports takes ten seconds of CPU time.
deepTest("a rollcall file over Prisma's generated client is loaded, too", async () => {
  const file = path.join(root, "packages/app/src/index.ts");
  const environment = { POSTGRES_URL: database.url, NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: "pk_live_x" };
  const { code, stdout, stderr } = await host.npx(["sync-user", clerk.memberUserId, "--file", file], environment);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain(clerk.memberUserId);
});

test("in this repository the bin starts from its source", async () => {
  const { stdout } = await promisify(execFile)("npx", ["rollcall", "--version"], { cwd: root });
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test("help lists the commands, help of one its options, and an unknown one is refused", async () => {
  const { code, stdout } = await host.rollcall([]);
  expect(code).toBe(0);
  for (const command of ["migrate", "check", "adopt", "sync", "sync-user", "worker"])
    expect(stdout).toContain(`  ${command} `);
  expect(await host.rollcall(["help", "sync"])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("--incremental"),
  });
  expect(await host.rollcall(["--version"])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  });
  expect(await host.rollcall(["toString"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("There is no command toString"),
  });
});

test("check finds what is wrong in a host, and its exit code says so", async () => {
  const { code, stdout } = await host.rollcall(["check"], { CLERK_WEBHOOK_SECRET: "whsec_aaaa" });
  expect(code).toBe(1);
  expect(stdout).toContain("✓ The database answers, and accepts writes");
  expect(stdout).toContain("The secret is in CLERK_WEBHOOK_SECRET, but Rollcall reads CLERK_WEBHOOK_SIGNING_SECRET.");
});
