import { createClient } from "@rollcall/db/client";
import type { TestDatabase } from "@rollcall/dev-stack/testing";
import { createRollcall } from "@rollcall/sync";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Clerk, startClerk } from "./app/clerk.ts";
import { createDatabaseWithQueue } from "./app/database.ts";
import { rowsOf } from "./app/rows.ts";
import { ageUsers, queueConnections, stallRun, untilEnded, untilNobodyWorks } from "./app/run-rows.ts";
import { type App, startApp } from "./app/start-app.ts";

const USERS = 60;

let database: TestDatabase;
let clerk: Clerk;
let app: App;
let sql: pg.Pool;
let client: ReturnType<typeof createClient>;
beforeAll(async () => {
  database = await createDatabaseWithQueue();
  clerk = await startClerk({ users: USERS });
  app = await startApp(clerk, database.url);
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

const admin = async (at: App = app) => at.trpc((await clerk.signIn(clerk.adminUserId)).token).sync;

/** A process of the same team that starts runs and does not work on them. */
const elsewhere = () => createRollcall({ db: client, clerk: { secretKey: clerk.secretKey, apiUrl: clerk.url } }).runs;

/** Users that a full run copied and Clerk no longer has: so many that a run asks before it marks them as deleted. */
async function manyGone(): Promise<string[]> {
  const sync = await admin();
  const ids = await clerk.newUsers(2 * USERS);
  await untilEnded(sync, (await sync.syncAll.mutate()).runId);
  for (const id of ids) await clerk.deleteUser(id);
  await ageUsers(sql);
  return ids;
}

const CONFLICT = { data: { code: "CONFLICT", httpStatus: 409 } };
const NOT_FOUND = { data: { code: "NOT_FOUND", httpStatus: 404 } };
const BAD_REQUEST = { data: { code: "BAD_REQUEST", httpStatus: 400 } };

describe("syncAll", () => {
  test("two simultaneous calls start one run, and one of them says that it joined", async () => {
    await using other = await startApp(clerk, database.url);
    const [here, there] = [await admin(), await admin(other)];
    const [one, two] = await Promise.all([here.syncAll.mutate(), there.syncAll.mutate()]);
    expect(one.runId).toBe(two.runId);
    expect([one.joined, two.joined].sort()).toEqual([false, true]);
    expect((await untilEnded(here, one.runId)).report).toMatchObject({ state: "done", seen: USERS });
    expect((await here.runs.query()).items).toHaveLength(1);
  });

  test("is full by default; an incremental run sees what changed", async () => {
    const sync = await admin();
    const full = await untilEnded(sync, (await sync.syncAll.mutate()).runId);
    await clerk.change(clerk.memberUserId, { first_name: "Renamed" });
    const incremental = await untilEnded(sync, (await sync.syncAll.mutate({ kind: "incremental" })).runId);
    expect([full.report.kind, incremental.report.kind]).toEqual(["full", "incremental"]);
    expect((await rowsOf(sql, clerk.memberUserId)).user?.name).toMatch(/^Renamed/);
  });

  test("an unknown kind is refused", async () => {
    const { syncAll } = await admin();
    // @ts-expect-error: the types do not allow it
    await expect(syncAll.mutate({ kind: "partial" })).rejects.toMatchObject(BAD_REQUEST);
  });

  test("a run that starts while the work on the previous one ends is worked on, too", async () => {
    const sync = await admin();
    for (let round = 0; round < 5; round++) {
      const { runId, joined } = await sync.syncAll.mutate({ kind: "incremental" });
      expect(joined).toBe(false);
      await expect
        .poll(async () => (await sync.run.query({ runId })).report.state, { timeout: 30_000, interval: 5 })
        .toBe("done");
    }
  });

  test("polls the queue while a run is in progress, and stops once it is over", async () => {
    const sync = await admin();
    await clerk.fail({ latencyMs: 300, path: "/v1/users" });
    const { runId } = await sync.syncAll.mutate();
    await expect.poll(() => queueConnections(sql), { timeout: 30_000 }).toBeGreaterThan(0);
    await clerk.endFaults();
    await untilEnded(sync, runId);
    await expect.poll(() => queueConnections(sql), { timeout: 30_000 }).toBe(0);
  });
});

describe("a run without a worker", () => {
  test("is resumed when anyone looks at it, once it has not moved for 15 s", async () => {
    const { runId } = await elsewhere().start({ startedBy: "someone" });
    const sync = await admin();
    expect((await sync.run.query({ runId })).report.state).toBe("planned");
    await untilNobodyWorks(sql);
    expect((await sync.run.query({ runId })).report.state).toBe("planned");
    await stallRun(sql, runId, "15 seconds");
    expect((await untilEnded(sync, runId)).report).toMatchObject({ state: "done", failed: 0 });
  });

  test("is not resumed while Clerk's quota is used up", async () => {
    const { runId } = await elsewhere().start({ startedBy: "someone" });
    await stallRun(sql, runId, "1 minute");
    await sql.query(`update rollcall."SyncRun" set "pausedUntil" = now() + interval '1 hour' where id = $1`, [runId]);
    const sync = await admin();
    const run = await sync.run.query({ runId });
    expect(run.pausedForMs).toBeGreaterThan(3_500_000);
    await untilNobodyWorks(sql);
    expect((await sync.run.query({ runId })).report).toMatchObject({ state: "planned", clerkCalls: 0 });
    await sql.query(`update rollcall."SyncRun" set "pausedUntil" = null where id = $1`, [runId]);
    expect((await untilEnded(sync, runId)).report.state).toBe("done");
  });

  test("is not resumed by listing the runs", async () => {
    const { runId } = await elsewhere().start({ startedBy: "someone" });
    await stallRun(sql, runId, "1 minute");
    const { items } = await (await admin()).runs.query();
    expect(items.map(({ report }) => report.state)).toEqual(["planned"]);
    await untilNobodyWorks(sql);
    expect((await elsewhere().get(runId))?.report.state).toBe("planned");
  });

  test("is logged when it cannot be worked on, and not on every look", async () => {
    await using refused = await startApp(clerk, database.url);
    const sync = await admin(refused);
    await sync.status.query();
    const { runId } = await elsewhere().start({ startedBy: "someone" });
    await stallRun(sql, runId, "1 minute");
    await sql.query(`update rollcall."ClerkInstance" set id = 'ins_of_another_team'`);
    try {
      const failures = () => refused.log().filter(({ event }) => event === "work_failed");
      for (let look = 0; look < 10; look++) await sync.run.query({ runId });
      await expect.poll(failures, { timeout: 30_000 }).toEqual([expect.objectContaining({ code: "INSTANCE_REFUSED" })]);
      for (let look = 0; look < 10; look++) await sync.run.query({ runId });
      expect(failures()).toHaveLength(1);
      expect((await sync.run.query({ runId })).report.state).toBe("planned");
    } finally {
      await sql.query(`update rollcall."ClerkInstance" set id = $1`, [clerk.instanceId]);
    }
  });
});

describe("cancelRun", () => {
  test("ends a run that is in progress, and keeps what it has synced", async () => {
    const sync = await admin();
    await clerk.fail({ latencyMs: 1_500, path: "/v1/users" });
    const { runId } = await sync.syncAll.mutate();
    await expect.poll(async () => (await sync.run.query({ runId })).report.state, { timeout: 30_000 }).toBe("running");
    const run = await sync.cancelRun.mutate({ runId });
    expect(run).toMatchObject({ report: { runId, state: "cancelled" }, endedAt: expect.any(Date) });
    expect(await sync.cancelRun.mutate({ runId })).toMatchObject({ report: { state: "cancelled" } });
    await untilNobodyWorks(sql);
    expect((await sync.run.query({ runId })).report.state).toBe("cancelled");
    await clerk.endFaults();
    expect(await sync.syncAll.mutate()).toMatchObject({ joined: false });
  });

  test("ends a run that waits for a confirmation, and no user is marked as deleted", async () => {
    const [id = ""] = await manyGone();
    const sync = await admin();
    const { runId } = await sync.syncAll.mutate();
    expect((await untilEnded(sync, runId)).report.state).toBe("awaiting_confirmation");
    expect((await sync.cancelRun.mutate({ runId })).report.state).toBe("cancelled");
    expect((await rowsOf(sql, id)).mirror?.deletedBy).toBeNull();
  });

  test("is refused for a run that has ended, and for an unknown run", async () => {
    const sync = await admin();
    const { runId } = await sync.syncAll.mutate();
    await untilEnded(sync, runId);
    await expect(sync.cancelRun.mutate({ runId })).rejects.toMatchObject({
      ...CONFLICT,
      message: "This run is done: it cannot be cancelled",
    });
    await expect(sync.cancelRun.mutate({ runId: crypto.randomUUID() })).rejects.toMatchObject(NOT_FOUND);
    await expect(sync.cancelRun.mutate({ runId: "1" })).rejects.toMatchObject(BAD_REQUEST);
  });
});

describe("confirmDeletions", () => {
  test("resumes the run that waits for it, to its end: missing users become tombstones", async () => {
    const ids = await manyGone();
    const sync = await admin();
    const { runId } = await sync.syncAll.mutate();
    const waiting = await untilEnded(sync, runId);
    expect(waiting.report).toMatchObject({ state: "awaiting_confirmation", missing: ids.length, tombstoned: 0 });
    expect((await rowsOf(sql, ids[0] ?? "")).user).not.toBeNull();

    expect(await sync.confirmDeletions.mutate({ runId })).toMatchObject({ confirmed: true, endedAt: null });
    const { report } = await untilEnded(sync, runId);
    expect(report).toMatchObject({ runId, state: "done", tombstoned: ids.length });
    for (const id of ids) expect((await rowsOf(sql, id)).mirror?.deletedBy).toBe("run");
  });

  test("a second click does no harm", async () => {
    await manyGone();
    const sync = await admin();
    const { runId } = await sync.syncAll.mutate();
    await untilEnded(sync, runId);
    await clerk.fail({ latencyMs: 2_000, path: "/v1/users" });
    await sync.confirmDeletions.mutate({ runId });
    expect((await sync.confirmDeletions.mutate({ runId })).report.state).toBe("running");
    await clerk.endFaults();
    expect((await untilEnded(sync, runId)).report).toMatchObject({ state: "done", tombstoned: 2 * USERS });
  });

  test("waits for another run that is in progress", async () => {
    await manyGone();
    const sync = await admin();
    const { runId } = await sync.syncAll.mutate();
    await untilEnded(sync, runId);
    const other = await elsewhere().start({ startedBy: "someone", kind: "incremental" });
    await expect(sync.confirmDeletions.mutate({ runId })).rejects.toMatchObject({
      ...CONFLICT,
      message: expect.stringMatching(/^Another run is in progress/),
    });
    await sync.cancelRun.mutate({ runId: other.runId });
    expect((await sync.confirmDeletions.mutate({ runId })).confirmed).toBe(true);
    await untilEnded(sync, runId);
  });

  test("is refused for a run that does not wait for it, and for an unknown run", async () => {
    const sync = await admin();
    const { runId } = await elsewhere().start({ startedBy: "someone" });
    const message = "This run is in progress: it does not wait for a confirmation";
    await expect(sync.confirmDeletions.mutate({ runId })).rejects.toMatchObject({ ...CONFLICT, message });
    await expect(sync.confirmDeletions.mutate({ runId: crypto.randomUUID() })).rejects.toMatchObject(NOT_FOUND);
  });
});

describe("runs", () => {
  test("are listed newest first, page by page, each with its windows", async () => {
    const sync = await admin();
    const ids: string[] = [];
    for (let run = 0; run < 3; run++) {
      const { runId } = await elsewhere().start({ startedBy: `number ${run}` });
      await sync.cancelRun.mutate({ runId });
      ids.unshift(runId);
    }
    const first = await sync.runs.query({ limit: 2 });
    expect(first.items.map(({ report }) => report.runId)).toEqual(ids.slice(0, 2));
    expect(first.items[0]).toMatchObject({ startedBy: "number 2", windows: [{ number: 0, pass: "plan" }] });
    const second = await sync.runs.query({ limit: 2, cursor: first.nextCursor });
    expect(second.items.map(({ report }) => report.runId)).toEqual(ids.slice(2));
    expect(second.nextCursor).toBeNull();
    expect((await sync.runs.query()).items).toHaveLength(3);
  });

  test("a page has a limit, and a cursor is a run's id", async () => {
    const { runs } = await admin();
    for (const input of [{ limit: 0 }, { limit: 101 }, { limit: 1.5 }, { cursor: "1" }]) {
      await expect(runs.query(input)).rejects.toMatchObject(BAD_REQUEST);
    }
    expect(await runs.query({ limit: 100 })).toEqual({ items: [], nextCursor: null });
  });
});
