import { type Emulator, startEmulator } from "@rollcall/clerk-emulator";
import { createClient } from "@rollcall/db/client";
import { createTestDatabase, type TestDatabase } from "@rollcall/dev-stack/testing";
import { openGate } from "@rollcall/dev-stack/testing/gate";
import { createRollcall, type Rollcall } from "@rollcall/sync";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startCommand } from "./run-command.ts";
import { lastLine, startScript } from "./run-script.ts";

const MANY = 1_200; // three pages
const FEW = 60;

let many: Emulator;
let few: Emulator;
beforeAll(async () => {
  [many, few] = await Promise.all([startEmulator({ users: MANY }), startEmulator({ users: FEW })]);
});
afterAll(() => Promise.all([many.stop(), few.stop()]));

/** The one of this test. */
let emulator: Emulator;
let database: TestDatabase;
let db: ReturnType<typeof createClient>;
/** Someone else on the team, as the dashboard. */
let dashboard: Rollcall;
beforeEach(async () => {
  database = await createTestDatabase();
  db = createClient(database.url);
});
afterEach(async () => {
  await control("DELETE", "faults");
  await db.$disconnect();
  await database[Symbol.asyncDispose]();
});
function use(clerk: Emulator): void {
  emulator = clerk;
  dashboard = createRollcall({
    db,
    connectionString: database.url,
    clerk: { secretKey: clerk.secretKey, apiUrl: clerk.url },
  });
}

async function control(method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${emulator.url}/__control/${path}`, {
    method,
    ...(body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  return response.json();
}

const environment = () => ({
  CLERK_SECRET_KEY: emulator.secretKey,
  CLERK_API_URL: emulator.url,
  POSTGRES_URL: database.url,
});
/** In this process. */
const start = (...args: string[]) => startCommand("sync-all-users", args, environment());
const run = (...args: string[]) => start(...args, "--json").ended;
const startProcess = () => startScript("sync-all-users", ["--json"], environment());
const slowly = () => control("POST", "faults", { latencyMs: 1_000, path: "/v1/users" });
const underWay = (seen = 0) =>
  expect.poll(async () => (await dashboard.runs.active())?.report.seen, { timeout: 60_000 }).toBeGreaterThan(seen - 1);
const tombstones = async () =>
  (await db.$queryRawUnsafe<unknown[]>(`select id from rollcall."ClerkUser" where "deletedBy" = 'run'`)).length;

/** As if the last sync was a few hours ago: a user written within the hour is never missing. */
const hoursLater = () => db.$executeRaw`update rollcall."ClerkUser" set "syncedAt" = "syncedAt" - interval '3 hours'`;

describe("over several pages", () => {
  beforeEach(() => use(many));

  test("an interrupted run stops after the current page with exit code 130, and the next command resumes it", async () => {
    await slowly();
    const script = startProcess();
    await underWay(500);
    script.process.kill("SIGINT");
    const interrupted = await script.ended;
    expect(interrupted.code).toBe(130);
    const { runId, state, seen } = lastLine(interrupted.stdout);
    expect(state).toBe("running");
    expect(seen).toBeLessThan(MANY);

    await control("DELETE", "faults");
    const resumed = await run();
    expect(resumed).toMatchObject({ code: 0, stderr: expect.stringContaining(`Continuing the run ${runId}`) });
    expect(lastLine(resumed.stdout)).toMatchObject({ runId, state: "done", seen: MANY, created: MANY });
  });

  test("an interrupted dry run ends with its process, and says that it cannot be resumed", async () => {
    await slowly();
    const command = start("--dry-run");
    await expect.poll(command.stderr, { timeout: 60_000 }).toContain(`500 of ${MANY} users`);
    command.interrupt();
    const { code, stdout } = await command.ended;
    expect(code).toBe(130);
    expect(stdout).toContain("Interrupted");
    expect(stdout).not.toContain("resumes where it stopped");
    const [left] = await dashboard.runs.list({ before: null, limit: 10 });
    expect(left?.report).toMatchObject({ dryRun: true, state: "cancelled" });
  });

  test("a second one joins, and both report the same run", async () => {
    await slowly();
    const process = startProcess();
    await underWay();
    const [first, second] = await Promise.all([process.ended, run()]);
    expect([first.code, second.code]).toEqual([0, 0]);
    expect(lastLine(first.stdout)).toEqual(lastLine(second.stdout));
    expect(lastLine(first.stdout)).toMatchObject({ state: "done", seen: MANY, created: MANY });
    expect(await dashboard.runs.list({ before: null, limit: 10 })).toHaveLength(1);
  });

  test("a run that someone else cancels ends with exit code 7", async () => {
    await slowly();
    const command = start("--json");
    await underWay();
    const active = await dashboard.runs.active();
    await dashboard.runs.cancel(active?.report.runId ?? "");
    const { code, stdout } = await command.ended;
    expect(code).toBe(7);
    expect(lastLine(stdout)).toMatchObject({ state: "cancelled" });
  });

  test("if Clerk fails in the middle, it says what it waits for, and continues", async () => {
    await slowly();
    const command = start("--json");
    await underWay(500);
    await control("DELETE", "faults");
    await control("POST", "faults", { status: 503, path: "/v1/users" });
    await expect.poll(command.stderr, { timeout: 60_000 }).toMatch(/CLERK_ERROR: continuing in \d+ s/);
    await control("DELETE", "faults");
    const { code, stdout } = await command.ended;
    expect(code).toBe(0);
    expect(lastLine(stdout)).toMatchObject({ state: "done", seen: MANY });
  });

  test("a worker stops within seconds of a signal, even if its database went silent in the middle of a run", async () => {
    await using gate = await openGate(database.url);
    await slowly();
    const worker = startScript("worker", [], { ...environment(), POSTGRES_URL: gate.url });
    await dashboard.runs.start({ startedBy: "test" });
    await underWay(500);
    gate.swallow();
    const from = performance.now();
    worker.process.kill("SIGTERM");
    expect(await worker.ended).toMatchObject({ code: 0, stderr: "" });
    expect(performance.now() - from).toBeLessThan(15_000);
  });
});

describe("over a few users", () => {
  beforeEach(() => use(few));

  test("an incremental run syncs what changed since the last run", async () => {
    await run();
    await control("PATCH", `users/${emulator.memberUserId}`, { first_name: "Renamed" });
    const { code, stdout } = await run("--incremental");
    expect(code).toBe(0);
    expect(lastLine(stdout)).toMatchObject({ kind: "incremental", state: "done", updated: 1, missing: null });
  });

  test("if many users are missing, it asks first, with exit code 4, and --confirm-deletions resumes the same run", async () => {
    await using directory = await startEmulator({ users: FEW });
    const own = (...args: string[]) =>
      startCommand("sync-all-users", args, {
        ...environment(),
        CLERK_SECRET_KEY: directory.secretKey,
        CLERK_API_URL: directory.url,
      }).ended;
    await own();
    await hoursLater();
    const gone = await db.user.findMany({
      take: 30,
      where: { id: { notIn: [directory.adminUserId, directory.memberUserId] } },
    });
    for (const { id } of gone) await fetch(`${directory.url}/__control/users/${id}`, { method: "DELETE" });

    const waiting = await own();
    expect(waiting).toMatchObject({
      code: 4,
      stdout: expect.stringMatching(/30 users here are not in Clerk's list.*\n.*pnpm sync:all --confirm-deletions/),
    });
    expect(await tombstones()).toBe(0);
    const { runId } = (await dashboard.runs.last())?.report ?? {};

    const confirmed = await own("--confirm-deletions", "--json");
    expect(confirmed.code).toBe(0);
    expect(lastLine(confirmed.stdout)).toMatchObject({ runId, state: "done", missing: 30, tombstoned: 30 });
    expect(await tombstones()).toBe(30);
  });

  test("the key of another instance is refused with exit code 3, and nothing is written", async () => {
    await run();
    await using other = await startEmulator({ users: 3 });
    const { code, stderr } = await startCommand("sync-all-users", ["--confirm-deletions"], {
      ...environment(),
      CLERK_SECRET_KEY: other.secretKey,
      CLERK_API_URL: other.url,
    }).ended;
    expect(code).toBe(3);
    expect(stderr).toMatch(/^INSTANCE_REFUSED: .*pnpm sync:adopt/);
    expect(await db.user.count()).toBe(FEW);
    expect(await tombstones()).toBe(0);
    expect(await dashboard.runs.list({ before: null, limit: 10 })).toHaveLength(1);
  });

  test("if Clerk fails at the start, it says so with exit code 5; the next command resumes", async () => {
    await control("POST", "faults", { status: 500, path: "/v1/users" });
    const began = performance.now();
    const failed = await run();
    expect(failed).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/CLERK_ERROR: Clerk answered with an error/),
    });
    expect(performance.now() - began, "soon").toBeLessThan(40_000);
    const { runId, state } = lastLine(failed.stdout);
    expect(state, "the run waits for the next command").toBe("planned");
    await control("DELETE", "faults");
    expect(lastLine((await run()).stdout)).toMatchObject({ runId, state: "done", seen: FEW });
  });

  test("a failed run says why and in which window, with exit code 5, and the next command resumes it", async () => {
    await control("POST", "faults", { status: 429, retryAfter: 7_200, path: "/v1/users" });
    const failed = await run();
    expect(failed).toMatchObject({ code: 5, stderr: expect.stringMatching(/CLERK_RATE_LIMITED in window \d/) });
    const { runId } = lastLine(failed.stdout);
    await control("DELETE", "faults");
    expect(lastLine((await run()).stdout)).toMatchObject({ runId, state: "done", seen: FEW });
  });

  test("a worker whose key is revoked while it works ends with exit code 2, and another worker continues the run", async () => {
    const worker = startScript("worker", [], environment());
    await expect.poll(worker.stdout, { timeout: 60_000 }).toContain("worker_started");
    await control("POST", "faults", { status: 401, path: "/v1/users" });
    const { runId } = await dashboard.runs.start({ startedBy: "test" });
    expect(await worker.ended).toMatchObject({ code: 2, stderr: expect.stringMatching(/^CLERK_UNAUTHORIZED/) });
    expect((await dashboard.runs.get(runId))?.report.state).toBe("planned");
    await control("DELETE", "faults");
    expect(lastLine((await run()).stdout)).toMatchObject({ runId, state: "done", seen: FEW });
  });

  test("a worker picks up a run that someone starts, logs each of its states once, and stops when asked", async () => {
    const worker = startScript("worker", [], environment());
    await expect.poll(worker.stdout, { timeout: 60_000 }).toContain("worker_started");
    const { runId } = await dashboard.runs.start({ startedBy: "test" });
    await expect.poll(worker.stdout, { timeout: 60_000 }).toContain("run_done");
    worker.process.kill("SIGTERM");
    const { code, stdout, stderr } = await worker.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout.trim().split("\n");
    const logged = lines.map((line) => JSON.parse(line)).filter(({ event }) => event.startsWith("run_"));
    expect(logged).toMatchObject([
      { event: "run_running", runId, kind: "full", total: FEW, created: 0 },
      { event: "run_done", runId, kind: "full", created: FEW, failed: 0, startedBy: "test" },
    ]);
    expect((await dashboard.runs.get(runId))?.report.state).toBe("done");
    expect(await db.user.count()).toBe(FEW);
  });
});
