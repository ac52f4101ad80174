import { once } from "node:events";
import { createServer } from "node:http";
import { createClient } from "@rollcall/db/client";
import type { TestDatabase } from "@rollcall/dev-stack/testing";
import { createRollcall, errorCatalog, type SyncErrorCode } from "@rollcall/sync";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod/v4";
import { type Clerk, startClerk } from "./app/clerk.ts";
import { createDatabaseWithQueue } from "./app/database.ts";
import { ageRun, ageUsers, untilEnded, untilNobodyWorks } from "./app/run-rows.ts";
import { type App, startApp } from "./app/start-app.ts";

const CRON_SECRET = "sixteen-letters!";
const USERS = 60;
const deep = process.env.DEEP === "1";

let database: TestDatabase;
let clerk: Clerk;
let app: App;
let sql: pg.Pool;
let client: ReturnType<typeof createClient>;
beforeAll(async () => {
  database = await createDatabaseWithQueue();
  clerk = await startClerk({ users: USERS });
  app = await startApp(clerk, database.url, { CRON_SECRET });
  sql = new pg.Pool({ connectionString: database.url });
  client = createClient(database.url);
});
beforeEach(async () => {
  await clerk.endFaults();
  await untilNobodyWorks(sql);
  await sql.query(`truncate rollcall."SyncRun", rollcall."ClerkUser", "User" cascade`);
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await clerk[Symbol.asyncDispose]();
  await client.$disconnect();
  await sql.end();
  await database[Symbol.asyncDispose]();
});

const ask = (authorization: string | undefined = `Bearer ${CRON_SECRET}`, at: App = app) =>
  at.fetch("/api/cron/sync", { headers: authorization === undefined ? {} : { authorization } });

const startedSchema = z.strictObject({ runId: z.uuid(), state: z.string() });
const errorSchema = z.strictObject({
  ok: z.literal(false),
  error: z.strictObject({ code: z.string(), message: z.string().min(1), hint: z.string().min(1) }),
});

async function start() {
  const answer = await ask();
  expect(answer.status).toBe(200);
  return startedSchema.parse(await answer.json());
}

async function refusal(answer: Response) {
  expect(answer.headers.get("cache-control")).toBe("private, no-store");
  return { status: answer.status, ...errorSchema.parse(await answer.json()).error };
}

const sync = async (at: App = app) => at.trpc((await clerk.signIn(clerk.adminUserId)).token).sync;
const ended = async (runId: string) => untilEnded(await sync(), runId);

/** A process of the same team that starts runs and does not work on them. */
const elsewhere = () => createRollcall({ db: client, clerk: { secretKey: clerk.secretKey, apiUrl: clerk.url } }).runs;

describe("a caller without the secret is refused", () => {
  test.each([
    ["nothing", ""],
    ["another secret", "Bearer another-secret!!"],
    ["the secret's beginning", `Bearer ${CRON_SECRET.slice(0, -1)}`],
    ["more than the secret", `Bearer ${CRON_SECRET}x`],
    ["the secret in another scheme", `Basic ${CRON_SECRET}`],
    ["the secret without a scheme", CRON_SECRET],
  ])("by %s", async (_, authorization) => {
    expect(await refusal(await ask(authorization))).toMatchObject({ status: 401, code: "UNAUTHENTICATED" });
    expect((await sql.query(`select from rollcall."SyncRun"`)).rows).toEqual([]);
  });

  test("an admin's session does not replace the scheduler's secret", async () => {
    const { token } = await clerk.signIn(clerk.adminUserId);
    expect(await refusal(await ask(`Bearer ${token}`))).toMatchObject({ status: 401, code: "UNAUTHENTICATED" });
  });
});

// Each starts a process of its own.
test.each<[string, string | undefined]>([
  ["one of 15 characters", CRON_SECRET.slice(0, -1)],
  ...(deep
    ? ([
        ["none", undefined],
        ["an empty one", ""],
      ] satisfies [string, string | undefined][])
    : []),
])("without a long enough secret, the route is closed and the rest works: %s", async (_, secret) => {
  await using closed = await startApp(clerk, database.url, { CRON_SECRET: secret });
  for (const authorization of [undefined, "Bearer ", `Bearer ${secret}`]) {
    const answer = await refusal(await ask(authorization, closed));
    expect(answer).toMatchObject({ status: 503, code: "NOT_CONFIGURED", hint: expect.stringContaining("CRON_SECRET") });
  }
  expect((await closed.fetch("/api/health")).status).toBe(200);
});

describe("a scheduled call", () => {
  test("starts a full run if there was none, and works on it after the response", async () => {
    const { runId, state } = await start();
    expect(state).toBe("planned");
    const { report, startedBy } = await ended(runId);
    expect({ ...report, startedBy }).toMatchObject({ kind: "full", state: "done", seen: USERS, startedBy: "cron" });
  });

  test("starts an incremental run if the last full one is recent", async () => {
    await ended((await start()).runId);
    const { runId } = await start();
    expect((await ended(runId)).report).toMatchObject({ kind: "incremental", state: "done" });
  });

  test("starts a full run if the last one is more than 20 hours old, even if an incremental one is recent", async () => {
    const first = await start();
    await ended(first.runId);
    await ended((await start()).runId);
    await ageRun(sql, first.runId, "19 hours");
    expect((await ended((await start()).runId)).report.kind).toBe("incremental");
    await ageRun(sql, first.runId, "2 hours");
    expect((await ended((await start()).runId)).report.kind).toBe("full");
  });

  test("continues the run in progress, whichever process started it", async () => {
    const { runId } = await elsewhere().start({ startedBy: "someone" });
    expect((await start()).runId).toBe(runId);
    const { report, startedBy } = await ended(runId);
    expect({ state: report.state, startedBy }).toEqual({ state: "done", startedBy: "someone" });
  });

  test("keeps a run that waits for a confirmation of its deletions, and syncs the changes in the meantime", async () => {
    const gone = await clerk.newUsers(2 * USERS);
    await ended((await start()).runId);
    for (const id of gone) await clerk.deleteUser(id);
    await ageUsers(sql);
    const { runId } = await elsewhere().start({ startedBy: "someone" });
    await start();
    expect((await ended(runId)).report.state).toBe("awaiting_confirmation");
    const meanwhile = await start();
    expect((await ended(meanwhile.runId)).report).toMatchObject({ kind: "incremental", state: "done" });
    expect((await ended(runId)).report.state).toBe("awaiting_confirmation");
  });

  test("works within the platform's time limit; the next call continues from there", async () => {
    await using hurried = await startApp(clerk, database.url, { CRON_SECRET, WORK_LIMIT_MS: "5000" });
    await clerk.fail({ latencyMs: 2_000, path: "/v1/users" }); // planning alone takes three calls
    const { runId } = startedSchema.parse(await (await ask(undefined, hurried)).json());
    const state = async () => (await elsewhere().get(runId))?.report.state;
    await expect.poll(state, { timeout: 60_000, interval: 250 }).toBe("running");
    await untilNobodyWorks(sql);
    expect(await state()).toBe("running");
    await clerk.endFaults();
    expect(startedSchema.parse(await (await ask(undefined, hurried)).json())).toEqual({ runId, state: "running" });
    await expect.poll(state, { timeout: 60_000, interval: 250 }).toBe("done");
  });
});

describe("if the platform ends a request before the run is done", () => {
  const hurried = () => startApp(clerk, database.url, { CRON_SECRET, WORK_LIMIT_MS: "10000", CALLS_ITSELF: "1" });

  test("each call makes the next one itself, until the run is done; a foreign host in the headers is never called", async () => {
    let strangers = 0;
    const stranger = createServer((_, response) => {
      strangers++;
      response.end();
    });
    await once(stranger.listen(0, "127.0.0.1"), "listening");
    const address = z.object({ port: z.number() }).parse(stranger.address());
    await using at = await hurried();
    await clerk.fail({ latencyMs: 4_000, path: "/v1/users" }); // planning alone takes three calls
    const host = `127.0.0.1:${address.port}`;
    const headers = { authorization: `Bearer ${CRON_SECRET}`, "x-forwarded-host": host, "x-forwarded-proto": "http" };
    const { runId } = startedSchema.parse(await (await at.fetch("/api/cron/sync", { headers })).json());
    const state = async () => (await elsewhere().get(runId))?.report.state;
    await expect
      .poll(state, { timeout: 100_000, interval: 500 })
      .toBe("done")
      .catch((error: unknown) => {
        throw new Error(at.output(), { cause: error });
      });
    expect(strangers).toBe(0);
    stranger.close();
  }, 120_000);

  test("no call follows one that moved nothing", async () => {
    await using at = await hurried();
    const { runId } = await elsewhere().start({ startedBy: "someone" });
    await clerk.fail({ status: 503, path: "/v1/users" });
    await ask(undefined, at);
    const paused = () => at.log().filter(({ event }) => event === "run_paused");
    await expect.poll(() => paused().length, { timeout: 30_000 }).toBeGreaterThan(0);
    await untilNobodyWorks(sql);
    expect((await elsewhere().get(runId))?.report.state).toBe("planned");
    const asked = paused().length;
    await clerk.endFaults();
    expect(paused()).toHaveLength(asked);
    expect((await elsewhere().get(runId))?.report.state).toBe("planned");
  });
});

describe("a call that cannot work says why, and logs a line", () => {
  async function failure(at: App, code: SyncErrorCode) {
    const answer = await refusal(await ask(undefined, at));
    expect(answer).toMatchObject({ code, hint: errorCatalog[code].hint, message: errorCatalog[code].message });
    await expect.poll(() => at.log()).toContainEqual(expect.objectContaining({ event: "cron_failed", code }));
    return answer.status;
  }

  test("the database is down", async () => {
    await using cutOff = await startApp(clerk, "postgresql://app@127.0.0.1:1/rollcall", { CRON_SECRET });
    expect(await failure(cutOff, "DATABASE_UNREACHABLE")).toBe(503);
  });

  test.each<[string, string]>([
    ...(deep ? ([["no rights for the queue", "usage on schema rollcall_queue"]] satisfies [string, string][]) : []),
    ["no right to take jobs", "update on rollcall_queue.job"],
  ])("the database user has %s", async (_, right) => {
    await ended((await start()).runId);
    const role = `role_${Date.now()}`;
    await sql.query(`create role ${role} login`);
    await sql.query(`grant select, insert, update, delete on all tables in schema public to ${role}`);
    await sql.query(`grant usage on schema rollcall_queue to ${role}`);
    await sql.query(`grant select, insert, update, delete on all tables in schema rollcall_queue to ${role}`);
    await sql.query(`revoke ${right} from ${role}`);
    const url = new URL(database.url);
    url.username = role;
    await using poor = await startApp(clerk, url.href, { CRON_SECRET });
    expect(await failure(poor, "SCHEMA_MISMATCH")).toBe(500);
    await sql.query(`drop owned by ${role}`);
    await sql.query(`drop role ${role}`);
  });

  test("Clerk refuses the key", async () => {
    await using refused = await startApp(clerk, database.url, { CRON_SECRET });
    await clerk.fail({ status: 401, path: "/v1/" });
    expect(await failure(refused, "CLERK_UNAUTHORIZED")).toBe(502);
  });

  test("the key belongs to another instance than the database mirrors", async () => {
    await using other = await startClerk();
    await ended((await start()).runId);
    await using stranger = await startApp(other, database.url, { CRON_SECRET });
    expect(await failure(stranger, "INSTANCE_REFUSED")).toBe(403);
  });
});
