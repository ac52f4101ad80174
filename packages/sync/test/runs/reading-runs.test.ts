import { describe, expect, test } from "vitest";
import type { Rollcall, Run } from "../../src/index.ts";
import { type Mirror, openMirror } from "./mirror.ts";

/** Far above the time to read a few runs, far below the time of a quadratic read. */
const AT_MOST_MS = 10_000;

/** A run that has listed its first user. @returns its id */
async function runUnderWay(mirror: Mirror): Promise<string> {
  const { runs } = mirror.rollcall();
  const { runId } = await runs.start({ startedBy: "test" });
  const stop = new AbortController();
  await runs.work({
    runId,
    signal: stop.signal,
    onProgress: (run) => run.windows.length > 1 && stop.abort(),
  });
  await mirror.host.sql.query(
    `update rollcall."SyncWindow" set "endedAt" = null, position = jsonb_set(position, '{walk,cursor}', '{"id": "user_1", "createdAt": 7}')
     where position->>'pass' = 'walk'`,
  );
  await mirror.host.sql.query(`update rollcall."SyncRun" set state = 'running', "endedAt" = null`);
  return runId;
}

async function everyWayToRead({ runs, status }: Rollcall, runId: string): Promise<(Run | null)[]> {
  expect((await status()).lastRun).toMatchObject({ runId, state: "running" });
  return [
    await runs.get(runId),
    await runs.active(),
    await runs.last(),
    ...(await runs.list({ before: null, limit: 10 })),
  ];
}

test("runs are read quickly even if 100,000 users share one millisecond", async () => {
  await using mirror = await openMirror({ users: 20 });
  const runId = await runUnderWay(mirror);
  await mirror.host.sql.query(
    `update rollcall."SyncWindow" set position = jsonb_set(position, '{walk,tail}', (select jsonb_agg('user_' || md5(n::text)) from generate_series(1, 100000) n))
     where position->>'pass' = 'walk'`,
  );
  const begun = performance.now();
  await everyWayToRead(mirror.rollcall(), runId);
  expect(performance.now() - begun).toBeLessThan(AT_MOST_MS);
}, 120_000);

test("an ended window stores no users' ids", async () => {
  await using mirror = await openMirror({ users: 20 });
  const ids = (await mirror.listed()).map(({ id }) => id);
  await mirror.run();
  await mirror.run({ kind: "incremental" });
  const { rows } = await mirror.host.sql.query<{ tail: string }>(
    `select position->'walk'->'tail' || (position->'changes')::text as tail from rollcall."SyncWindow"`,
  );
  const { rows: positions } = await mirror.host.sql.query<{ position: string }>(
    `select (position #- '{walk,cursor}')::text as position from rollcall."SyncWindow"`,
  );
  expect(rows).not.toEqual([]);
  expect(positions.filter(({ position }) => ids.some((id) => position.includes(id)))).toEqual([]);
});

describe("a window with a position of another version of Rollcall", () => {
  test("is shown without its range, and breaks no list", async () => {
    await using mirror = await openMirror({ users: 20 });
    const runId = await runUnderWay(mirror);
    await mirror.host.sql.query(
      `update rollcall."SyncWindow" set position = '{"pass": "leap", "leap": {}}' where number = 1`,
    );
    for (const run of await everyWayToRead(mirror.rollcall(), runId)) {
      expect(run?.windows.find(({ number }) => number === 1)).toMatchObject({
        pass: "unknown",
        from: null,
        to: null,
        at: null,
        seen: 20,
      });
    }
    await mirror.host.sql.query(
      `update rollcall."SyncWindow" set position = '{"pass": "walk", "walk": {"lo": {}}}' where number = 1`,
    );
    const run = await mirror.rollcall().runs.get(runId);
    expect(run?.windows.find(({ number }) => number === 1)).toMatchObject({ pass: "walk", from: null, at: null });
  });

  test("does not count an attempt for a worker that cannot read it", async () => {
    await using mirror = await openMirror({ users: 20 });
    const runId = await runUnderWay(mirror);
    const { rows } = await mirror.host.sql.query(`select position from rollcall."SyncWindow" where number = 1`);
    await mirror.host.sql.query(
      `update rollcall."SyncWindow" set position = '{"pass": "leap"}', attempts = 0, "jobId" = null where number = 1`,
    );
    const { runs } = mirror.rollcall();
    const stop = new AbortController();
    const working = runs.work({ runId, workers: 1, signal: stop.signal });
    const tried = async () =>
      (
        await mirror.host.sql.query(
          `select from rollcall_queue.job where (data->>'window')::int = 1 and retry_count > 0`,
        )
      ).rowCount;
    await expect.poll(tried, { timeout: 20_000 }).toBeGreaterThan(0);
    stop.abort();
    await working;
    const window = (await runs.get(runId))?.windows.find(({ number }) => number === 1);
    expect(window).toMatchObject({ attempts: 0 });
    // A worker that can read it continues.
    await mirror.host.sql.query(`update rollcall."SyncWindow" set position = $1 where number = 1`, [rows[0]?.position]);
    await runs.work({ runId });
    expect((await runs.get(runId))?.report.state).toBe("done");
  });
});
