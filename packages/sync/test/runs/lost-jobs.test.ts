import { expect, test } from "vitest";
import { z } from "zod/v4";
import { between, isWalks } from "./between.ts";
import { type Mirror, openMirror } from "./mirror.ts";

const jobs = async ({ host }: Mirror) =>
  z
    .array(z.object({ state: z.string(), window: z.number() }))
    .parse((await host.sql.query(`select state::text, (data->>'window')::int as window from rollcall_queue.job`)).rows);

test.concurrent("any worker revives a run whose jobs were all lost", async () => {
  await using mirror = await openMirror();
  const stop = new AbortController();
  const { runs } = mirror.rollcall();
  const { runId } = await runs.start({ startedBy: "test" });
  await using clerk = await between(mirror.clerk.url, async (question, ask) => {
    if (isWalks(question)) stop.abort();
    return ask();
  });
  await mirror.rollcall({ apiUrl: clerk.url }).runs.work({ runId, signal: stop.signal });
  expect((await runs.get(runId))?.report).toMatchObject({ state: "running", seen: 500 });
  await mirror.host.sql.query("delete from rollcall_queue.job");

  await mirror.rollcall().runs.work();
  expect((await runs.get(runId))?.report).toMatchObject({ state: "done", seen: 520, created: 520 });
});

test.concurrent("a worker that loses its jobs while it works gets them back", async ({ expect }) => {
  await using mirror = await openMirror({ users: 2 });
  const { runs } = mirror.rollcall();
  const { runId } = await runs.start({ startedBy: "test" });
  let lost = 0;
  await using clerk = await between(mirror.clerk.url, async (question, ask) => {
    if (isWalks(question) && lost === 0) {
      lost++;
      // So that the window is returned, and its next job can be lost while the worker waits for it.
      await mirror.host.sql.query(`update rollcall."SyncRun" set "pausedUntil" = clock_timestamp() + interval '1 s'`);
    }
    return ask();
  });
  const working = mirror.rollcall({ apiUrl: clerk.url }).runs.work({ runId, workers: 1 });
  const waiting = async () => (await jobs(mirror)).some(({ window, state }) => window === 1 && state === "created");
  await expect.poll(waiting, { timeout: 20_000 }).toBe(true);
  await mirror.host.sql.query("delete from rollcall_queue.job");
  await working;
  expect((await runs.get(runId))?.report).toMatchObject({ state: "done", seen: 2 });
});

test.concurrent("a window that kills each of its workers finally fails the run, and is named", async () => {
  await using mirror = await openMirror({ users: 2 });
  const { runs } = mirror.rollcall();
  const { runId } = await runs.start({ startedBy: "test" });
  await using clerk = await between(mirror.clerk.url, async (question, ask) => {
    // As after ten workers that died over this page without an error.
    if (isWalks(question))
      await mirror.host.sql.query(`update rollcall."SyncWindow" set attempts = 10, checkpoint = checkpoint + 1`);
    return ask();
  });
  await mirror.rollcall({ apiUrl: clerk.url }).runs.work({ runId, workers: 1, signal: AbortSignal.timeout(60_000) });
  const run = await runs.get(runId);
  expect(run?.report.state).toBe("failed");
  expect(run?.failure).toEqual({ code: null, window: 1 });

  expect(await runs.start({ startedBy: "test" })).toMatchObject({ runId, joined: true });
  await runs.work({ runId });
  expect((await runs.get(runId))?.report).toMatchObject({ state: "done", seen: 2 });
});
