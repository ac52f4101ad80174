import { createClient } from "@rollcall/db/client";
import { expect, test } from "vitest";
import { createRollcall } from "../../src/index.ts";
import { between, failing } from "./between.ts";
import { openMirror } from "./mirror.ts";
import { grantQueue, openRole } from "./role.ts";

test.each(["start", "work"] as const)(
  "the wrong key against a full database: %s is refused, and nothing is written or deleted",
  async (method) => {
    await using mirror = await openMirror({ users: 20 });
    await mirror.run();
    await mirror.age(2);
    const before = await mirror.host.versions();
    const { runs } = mirror.rollcall({ secretKey: "sk_live_another" });
    const right = method === "work" ? await mirror.rollcall().runs.start({ startedBy: "test" }) : null;
    const doing = method === "start" ? runs.start({ startedBy: "test", confirmDeletions: true }) : runs.work();
    await expect(doing).rejects.toMatchObject({ name: "SyncError", code: "CLERK_UNAUTHORIZED" });
    expect(await mirror.host.versions()).toEqual(before);
    // A process with the right key continues.
    const { report } = await mirror.run();
    if (right) expect(report.runId).toBe(right.runId);
    expect(report).toMatchObject({ state: "done", seen: 20, unchanged: 20, missing: 0, tombstoned: 0 });
    expect(await mirror.host.versions()).toEqual(before);
  },
);

test.each(["start", "work"] as const)(
  "another instance's key against a full database: %s is refused, and nothing is written or deleted",
  async (method) => {
    await using mirror = await openMirror({ users: 20 });
    await using another = await openMirror({ users: 30 });
    await mirror.run();
    await mirror.age(2);
    const before = await mirror.host.versions();
    const { url: apiUrl, secretKey } = another.clerk;
    const { runs } = mirror.rollcall({ apiUrl, secretKey });
    const right = method === "work" ? await mirror.rollcall().runs.start({ startedBy: "test" }) : null;
    const doing = method === "start" ? runs.start({ startedBy: "test", confirmDeletions: true }) : runs.work();
    await expect(doing).rejects.toMatchObject({ name: "SyncError", code: "INSTANCE_REFUSED" });
    expect(await mirror.host.versions()).toEqual(before);
    expect(await another.control("GET", "/requests")).toMatchObject({ byRoute: { "GET /v1/instance": 1 }, total: 1 });
    const { report } = await mirror.run();
    if (right) expect(report.runId).toBe(right.runId);
    expect(report).toMatchObject({ state: "done", seen: 20, unchanged: 20, missing: 0, tombstoned: 0 });
    expect(await mirror.host.versions()).toEqual(before);
  },
);

test("a worker whose key is revoked ends with that error, and workers with the right key continue the run", async () => {
  await using mirror = await openMirror({ users: 20 });
  await mirror.run();
  await mirror.age(2);
  const before = await mirror.host.versions();
  const { runs } = mirror.rollcall();
  const { runId } = await runs.start({ startedBy: "test" });
  await using refusing = await between(mirror.clerk.url, async (question, ask) =>
    question.path === "/v1/instance" ? ask() : failing(401),
  );
  const takenBack = mirror.rollcall({ apiUrl: refusing.url });
  await expect(takenBack.runs.work()).rejects.toMatchObject({ name: "SyncError", code: "CLERK_UNAUTHORIZED" });
  const left = await runs.get(runId);
  expect(left?.report).toMatchObject({ state: "planned", seen: 0, tombstoned: 0 });
  expect(left?.windows[0]).toMatchObject({ lastError: "CLERK_UNAUTHORIZED", attempts: 0 });
  await runs.work();
  expect((await runs.get(runId))?.report).toMatchObject({ state: "done", seen: 20, unchanged: 20 });
  expect(await mirror.host.versions()).toEqual(before);
});

test("if no process has a valid key, the run fails after an hour, and says why", async () => {
  await using mirror = await openMirror({ users: 2 });
  const { runs } = mirror.rollcall();
  const { runId } = await runs.start({ startedBy: "test" });
  await mirror.control("POST", "/faults", { path: "/v1/users", status: 401 });
  for (const expected of ["planned", "failed"]) {
    await expect(runs.work()).rejects.toMatchObject({ code: "CLERK_UNAUTHORIZED" });
    expect((await runs.get(runId))?.report.state).toBe(expected);
    // The minutes until a platform restarts its worker count toward the hour.
    await mirror.host.sql.query(
      `update rollcall."SyncRun" set "pausedSince" = "pausedSince" - interval '1 hour', "pausedUntil" = "pausedUntil" - interval '5 minutes'`,
    );
    await mirror.host.sql.query(`update rollcall_queue.job set start_after = now() where state = 'retry'`);
  }
  expect((await runs.get(runId))?.failure).toEqual({ code: "CLERK_UNAUTHORIZED", window: 0 });
});

test("a worker whose role may not write users ends with that error, and workers that may continue the run", async () => {
  await using mirror = await openMirror({ users: 20 });
  await using guest = await openRole(mirror.host);
  await guest.grant("select, insert, update, delete on all tables in schema public");
  await guest.grant("usage on schema rollcall");
  await guest.grant("select, insert, update, delete on all tables in schema rollcall");
  const { runs } = mirror.rollcall();
  const { runId } = await runs.start({ startedBy: "test" });
  const db = createClient(guest.url);
  const poor = createRollcall({
    db,
    connectionString: mirror.host.url,
    clerk: { secretKey: mirror.clerk.secretKey, apiUrl: mirror.clerk.url },
  });
  await grantQueue(guest);
  await guest.revoke('insert on "Customer"');
  await expect(poor.runs.work()).rejects.toMatchObject({ name: "SyncError", code: "SCHEMA_MISMATCH" });
  await db.$disconnect();
  expect((await runs.get(runId))?.report.state).toBe("running");
  await runs.work();
  expect((await runs.get(runId))?.report).toMatchObject({ state: "done", seen: 20, created: 20, failed: 0 });
});
