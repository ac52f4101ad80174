import type { TestDatabase } from "@rollcall/dev-stack/testing";
import type { SyncMeResult } from "@rollcall/sync";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, expectTypeOf, test } from "vitest";
import type { Run, RunPage, StartedRun, Status } from "../src/mount/index.ts";
import { type Clerk, startClerk } from "./app/clerk.ts";
import { createDatabaseWithQueue } from "./app/database.ts";
import { type App, startApp } from "./app/start-app.ts";

const USERS = 1_200; // three pages

let database: TestDatabase;
let clerk: Clerk;
let app: App;
let sql: pg.Pool;
beforeAll(async () => {
  database = await createDatabaseWithQueue();
  clerk = await startClerk({ users: USERS });
  app = await startApp(clerk, database.url);
  sql = new pg.Pool({ connectionString: database.url });
});
beforeEach(() => clerk.endFaults());
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await clerk[Symbol.asyncDispose]();
  await sql.end();
  await database[Symbol.asyncDispose]();
});

const callerOf = async (id: string, claims?: Record<string, unknown>) =>
  app.trpc((await clerk.signIn(id, claims)).token).sync;
const admin = () => callerOf(clerk.adminUserId);

test("a plain client gets typed responses, with times as dates", async () => {
  const sync = await callerOf(clerk.memberUserId);
  expectTypeOf(sync.syncMe.mutate).returns.resolves.toEqualTypeOf<SyncMeResult>();
  expectTypeOf(sync.status.query).returns.resolves.toEqualTypeOf<Status>();
  expectTypeOf(sync.syncAll.mutate).returns.resolves.toEqualTypeOf<StartedRun>();
  expectTypeOf(sync.run.query).returns.resolves.toEqualTypeOf<Run>();
  expectTypeOf(sync.run.query).parameter(0).toEqualTypeOf<{ runId: string }>();
  expectTypeOf(sync.runs.query).returns.resolves.toEqualTypeOf<RunPage>();
  expectTypeOf(sync.cancelRun.mutate).returns.resolves.toEqualTypeOf<Run>();
  expectTypeOf(sync.confirmDeletions.mutate).returns.resolves.toEqualTypeOf<Run>();

  await clerk.forgetRequests();
  expect(await sync.syncMe.mutate()).toEqual({
    outcome: "created",
    conflict: false,
    source: "clerk",
    user: expect.objectContaining({
      id: clerk.memberUserId,
      clerkId: clerk.memberUserId,
      emailVerified: expect.any(Date),
    }),
    syncedAt: expect.any(Date),
  });
  expect((await clerk.requests())["GET /v1/users/:id"]).toBe(1);
});

describe("what a client learns about an error", () => {
  test("a deleted user: 403, with the code for programs and as the message's first word, and no redirect", async () => {
    const id = await clerk.newUser();
    const sync = await callerOf(id);
    await sync.status.query();
    await sql.query(
      `update rollcall."ClerkUser" set "deletedAt" = now(), "deletedBy" = 'webhook', "checkedAt" = null where id = $1`,
      [id],
    );
    await using other = await startApp(clerk, database.url);
    const elsewhere = other.trpc((await clerk.signIn(id)).token).sync;
    await expect(elsewhere.status.query()).rejects.toMatchObject({
      message: expect.stringMatching(/^USER_DELETED: /),
      data: { code: "FORBIDDEN", httpStatus: 403, errorCode: "USER_DELETED" },
    });
  });

  test.each([
    [{ status: 500 }, "BAD_GATEWAY", "CLERK_ERROR", null],
    [{ status: 429, retryAfter: 7 }, "BAD_GATEWAY", "CLERK_RATE_LIMITED", 7_000],
  ])("Clerk fails with %j: what happened, and when to retry", async (fault, code, errorCode, retryAfterMs) => {
    const sync = await callerOf(await clerk.newUser());
    await clerk.fail({ ...fault, path: "/v1/users" });
    await expect(sync.syncMe.mutate()).rejects.toMatchObject({
      message: expect.stringMatching(new RegExp(`^${errorCode}: .+\\. .+\\.$`)),
      data: { code, errorCode, retryAfterMs },
    });
  });

  test("an error of the server: that it happened, without details; its type is in the log", async () => {
    const { rows } = await sql.query<{ id: string }>(
      `with run as (
         insert into rollcall."SyncRun" (id, kind, "dryRun", state, "startedBy", confirmed, "startedAt")
         values (gen_random_uuid(), 'full', true, 'done', 'nobody', false, now() - interval '1 day') returning id
       ) insert into rollcall."SyncWindow" ("runId", number, position, errors, "movedAt")
         select id, 0, '{"pass": "plan"}', '{"secret": "swordfish"}', now() from run returning "runId" as id`,
    );
    await expect((await admin()).run.query({ runId: rows[0]?.id ?? "" })).rejects.toMatchObject({
      message: "Something went wrong on the server",
      data: { code: "INTERNAL_SERVER_ERROR", errorCode: null },
    });
    await expect
      .poll(() => app.log())
      .toContainEqual(expect.objectContaining({ event: "call_failed", path: "sync.run", error: "ZodError" }));
    expect(app.output()).not.toContain("swordfish");
  });
});

test("the status shows a user's sync state; unknown values are null", async () => {
  const sync = await callerOf(clerk.memberUserId);
  expect(await sync.status.query()).toEqual({
    me: {
      user: expect.objectContaining({ id: clerk.memberUserId, email: clerk.memberEmail }),
      state: "fresh",
      source: expect.stringMatching(/^(memory|database|clerk)$/),
      syncedAt: expect.any(Date),
      conflict: false,
    },
    directory: null,
    directoryError: null,
  });

  await using cold = await startApp(clerk, database.url);
  await clerk.fail({ status: 500, path: "/v1/users/count" });
  const { directory } = await cold.trpc((await clerk.signIn(clerk.adminUserId)).token).sync.status.query();
  expect(directory).toMatchObject({ atClerk: null, netDifference: null, lastCheck: null, live: expect.any(Number) });
});

describe("syncAll", () => {
  test("answers immediately, is joined by a second call, shows its progress and ends as done; the numbers move", async () => {
    const sync = await admin();
    expect((await sync.status.query()).directory?.live).toBeLessThan(10);
    await clerk.fail({ latencyMs: 400, path: "/v1/users" }); // to leave time to look

    const { runId, state, joined } = await sync.syncAll.mutate();
    expect({ state, joined }).toEqual({ state: "planned", joined: false });
    expect(await (await admin()).syncAll.mutate()).toMatchObject({ runId, joined: true });

    const progress = async () => (await sync.run.query({ runId })).report;
    await expect.poll(progress, { interval: 50, timeout: 30_000 }).toMatchObject({ state: "running", seen: 500 });
    expect((await sync.run.query({ runId })).total).toBeGreaterThanOrEqual(USERS);
    expect((await sync.status.query()).directory?.lastRun).toMatchObject({ runId, state: "running" });
    await clerk.endFaults();

    await expect.poll(progress, { timeout: 30_000 }).toMatchObject({ state: "done", failed: 0 });
    const { report, endedAt, startedBy } = await sync.run.query({ runId });
    expect({ endedAt, startedBy }).toEqual({ endedAt: expect.any(Date), startedBy: clerk.adminUserId });
    const { atClerk, live, deleted, netDifference } = await settledStatus();
    expect(report.seen).toBe(atClerk);
    expect({ live: live + deleted, netDifference }).toEqual({ live: atClerk, netDifference: deleted });
  });

  /** Counts are at most a few seconds old. */
  async function settledStatus() {
    const sync = await admin();
    const directory = async () => (await sync.status.query()).directory;
    await expect.poll(async () => (await directory())?.live, { timeout: 30_000 }).toBeGreaterThanOrEqual(USERS);
    const settled = await directory();
    if (!settled) throw new Error("an admin sees the numbers");
    return settled;
  }

  test("that fails says so in its row, and logs why", async () => {
    const sync = await admin();
    await clerk.fail({ status: 429, retryAfter: 7_200, path: "/v1/users" });
    const { runId } = await sync.syncAll.mutate();
    await expect
      .poll(async () => (await sync.run.query({ runId })).report, { timeout: 30_000 })
      .toMatchObject({ state: "failed" });
    await expect
      .poll(() => app.log())
      .toContainEqual(
        expect.objectContaining({ event: "run_failed", runId, code: "CLERK_RATE_LIMITED", hint: expect.any(String) }),
      );
    expect((await sync.run.query({ runId })).failure).toEqual({ code: "CLERK_RATE_LIMITED", window: 0 });
    await clerk.endFaults();
    expect(await sync.syncAll.mutate()).toMatchObject({ runId, joined: true }); // resumes where it failed
  });

  test("an unknown run is not found, and an invalid id is refused", async () => {
    const { run } = await admin();
    await expect(run.query({ runId: crypto.randomUUID() })).rejects.toMatchObject({ data: { code: "NOT_FOUND" } });
    await expect(run.query({ runId: "1" })).rejects.toMatchObject({
      message: "runId is a UUID",
      data: { code: "BAD_REQUEST" },
    });
  });
});
