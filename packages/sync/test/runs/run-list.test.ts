import { expect, test } from "vitest";
import { openMirror } from "./mirror.ts";

test("runs are listed newest first, page by page, each once", async () => {
  await using mirror = await openMirror({ users: 2 });
  const { runs } = mirror.rollcall();
  const started: string[] = [];
  for (let number = 0; number < 5; number++) {
    started.unshift((await runs.start({ startedBy: "test", dryRun: true })).runId);
  }
  // Two with the same start.
  await mirror.host.sql.query(
    `update rollcall."SyncRun" set "startedAt" = (select "startedAt" from rollcall."SyncRun" where id = $1) where id = $2`,
    [started[2], started[3]],
  );
  const listed: string[] = [];
  for (let before: string | null = null; ; before = listed.at(-1) ?? null) {
    const page = await runs.list({ before, limit: 2 });
    if (page.length === 0) break;
    listed.push(...page.map(({ report }) => report.runId));
  }
  expect([...listed].sort()).toEqual([...started].sort());
  expect([listed[0], listed[1], listed[4]]).toEqual([started[0], started[1], started[4]]);
});

test("the last run is the newest that is not dry, optionally of one kind or in certain states", async () => {
  await using mirror = await openMirror({ users: 2 });
  const { runs } = mirror.rollcall();
  expect(await runs.last()).toBeNull();
  const full = await mirror.run();
  const incremental = await mirror.run({ kind: "incremental" });
  await mirror.run({ dryRun: true });
  const { runId } = await runs.start({ startedBy: "test" });
  await runs.cancel(runId);
  const ids = [
    await runs.last(),
    await runs.last({ states: ["done"] }),
    await runs.last({ kind: "full" }),
    await runs.last({ kind: "full", states: ["done"] }),
  ].map((run) => run?.report.runId);
  expect(ids).toEqual([runId, incremental.report.runId, runId, full.report.runId]);
});

test("an unknown run is not found", async () => {
  await using mirror = await openMirror({ users: 2 });
  const { runs } = mirror.rollcall();
  const unknown = "00000000-0000-4000-8000-000000000000";
  expect(await runs.get(unknown)).toBeNull();
  expect(await runs.cancel(unknown)).toEqual({ state: "not_found" });
  expect(await runs.confirm(unknown)).toEqual({ state: "not_found" });
});

test("runs older than 90 days are deleted when the next one starts, with their windows", async () => {
  await using mirror = await openMirror({ users: 2 });
  const old = await mirror.run();
  await mirror.host.sql.query(`update rollcall."SyncRun" set "startedAt" = "startedAt" - interval '91 days'`);
  const { report } = await mirror.run();
  const { runs } = mirror.rollcall();
  expect(await runs.get(old.report.runId)).toBeNull();
  const { rows } = await mirror.host.sql.query(`select distinct "runId" from rollcall."SyncWindow"`);
  expect(rows).toEqual([{ runId: report.runId }]);
});

test("nothing polls the database when no run is in progress", async () => {
  await using mirror = await openMirror({ users: 2 });
  await mirror.run();
  await mirror.rollcall().runs.work();
  const others = `from pg_stat_activity
    where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`;
  await mirror.host.sql.query(`select pg_terminate_backend(pid) ${others}`);
  const sessions = async () => (await mirror.host.sql.query(`select query ${others}`)).rows;
  await expect.poll(sessions, { timeout: 5_000 }).toEqual([]);
});
