import { describe, expect, test } from "vitest";
import { z } from "zod/v4";
import type { Run } from "../../src/index.ts";
import { atScale } from "../rounds.ts";
import { between, counting, failing, isWalks } from "./between.ts";
import { type Mirror, openMirror } from "./mirror.ts";
import { signal } from "./signal.ts";
import { endPause } from "./troubled.ts";

/** The scheduled jobs, in ms from now on the database's clock, and whether their window refers to them. */
async function waitingJobs({ host }: Mirror): Promise<{ window: number; inMs: number; known: boolean }[]> {
  const { rows } = await host.sql.query(
    `select (j.data->>'window')::int as window, extract(epoch from j.start_after - clock_timestamp())::float8 * 1000 as "inMs",
       w."jobId" is not distinct from j.id as known
     from rollcall_queue.job j
     join rollcall."SyncWindow" w on w."runId" = (j.data->>'runId')::uuid and w.number = (j.data->>'window')::int
     where j.state = 'created'`,
  );
  return z.array(z.object({ window: z.number(), inMs: z.number(), known: z.boolean() })).parse(rows);
}

async function paused({ rollcall }: Mirror, runId: string): Promise<Run> {
  const { runs } = rollcall();
  await expect.poll(async () => (await runs.get(runId))?.pausedUntil, { timeout: 20_000 }).toBeInstanceOf(Date);
  const run = await runs.get(runId);
  if (!run) throw new Error("the run does not exist");
  return run;
}

describe("if Clerk's quota is used up", () => {
  test("every worker of the run waits until it is available again, in every process", async () => {
    const users = atScale(20_000, 4_000);
    await using mirror = await openMirror({ users });
    const countAsMany = counting(20_000 / users);
    const everybodyAsks = signal();
    const asked: number[] = [];
    let refusedAt: number | undefined;
    await using clerk = await between(mirror.clerk.url, async (question, ask) => {
      if (!isWalks(question)) return countAsMany(question, ask);
      const number = asked.push(Date.now());
      if (number > 4) return ask();
      if (number === 4) everybodyAsks.give();
      await everybodyAsks.given;
      if (refusedAt === undefined) {
        refusedAt = Date.now();
        return failing(429, { "retry-after": "3" });
      }
      // The current pages arrive once all workers can know about the pause.
      await paused(mirror, runId);
      return ask();
    });
    const [here, there] = [mirror.rollcall({ apiUrl: clerk.url }), mirror.rollcall({ apiUrl: clerk.url })];
    const { runId } = await here.runs.start({ startedBy: "test" });
    await Promise.all([here.runs.work({ runId, workers: 2 }), there.runs.work({ runId, workers: 2 })]);

    expect((await here.runs.get(runId))?.report).toMatchObject({ state: "done", seen: users, created: users });
    const afterwards = asked.slice(4);
    expect(afterwards.length).toBeGreaterThan(users / 500 - 4);
    expect(Math.min(...afterwards)).toBeGreaterThanOrEqual((refusedAt ?? 0) + 3_000);
  });

  test("for longer than a job's expiry, the job runs when the pause is over", async () => {
    await using mirror = await openMirror({ users: 20 });
    const { runs } = mirror.rollcall();
    const { runId } = await runs.start({ startedBy: "test" });
    await mirror.control("POST", "/faults", { path: "/v1/users", status: 429, retryAfter: 100, times: 1 });
    const working = runs.work({ runId });
    const { pausedUntil, pausedForMs, report } = await paused(mirror, runId);
    expect(report.state).toBe("planned");
    expect(pausedForMs).toBeGreaterThan(90_000);
    expect(pausedForMs).toBeLessThanOrEqual(100_000);
    expect(pausedUntil).toBeInstanceOf(Date);
    await expect
      .poll(() => waitingJobs(mirror))
      .toEqual([{ window: 0, inMs: expect.closeTo(100_000, -5), known: true }]);
    expect((await runs.get(runId))?.windows[0]?.attempts, "a pause is not an attempt").toBe(0);
    await endPause(mirror);
    await working;
    expect((await runs.get(runId))?.report).toMatchObject({ state: "done", seen: 20, created: 20 });
    expect((await runs.get(runId))?.pausedUntil).toBeNull();
  });

  test("after some pages, the window has one next job, and no attempt counts", async () => {
    await using mirror = await openMirror();
    let refused = 0;
    await using clerk = await between(mirror.clerk.url, async (question, ask) =>
      isWalks(question) && question.parameters.has("starting_after") && refused++ === 0
        ? failing(429, { "retry-after": "100" })
        : ask(),
    );
    const { runs } = mirror.rollcall({ apiUrl: clerk.url });
    const { runId } = await runs.start({ startedBy: "test" });
    const working = runs.work({ runId });
    expect((await paused(mirror, runId)).report.seen).toBe(500);
    await expect
      .poll(() => waitingJobs(mirror))
      .toEqual([{ window: 1, inMs: expect.closeTo(100_000, -5), known: true }]);
    expect((await runs.get(runId))?.windows[1]?.attempts).toBe(0);
    await endPause(mirror);
    await working;
    expect((await runs.get(runId))?.report).toMatchObject({ state: "done", seen: 520, created: 520 });
  });

  test("and available again immediately, the next request is at least half a second later", async () => {
    await using mirror = await openMirror({ users: 20 });
    const asked: number[] = [];
    await using clerk = await between(mirror.clerk.url, async (question, ask) => {
      if (question.path !== "/v1/users/count") return ask();
      return asked.push(performance.now()) === 1 ? failing(429, { "retry-after": "0" }) : ask();
    });
    expect((await mirror.run({}, { apiUrl: clerk.url })).report).toMatchObject({ state: "done", seen: 20 });
    expect((asked[1] ?? 0) - (asked[0] ?? 0)).toBeGreaterThanOrEqual(500);
  });

  test("for two hours, the run fails and says why; synced users stay, and the next start resumes", async () => {
    await using mirror = await openMirror();
    let refused = 0;
    await using clerk = await between(mirror.clerk.url, async (question, ask) =>
      isWalks(question) && question.parameters.has("starting_after") && refused++ === 0
        ? failing(429, { "retry-after": "7200" })
        : ask(),
    );
    const run = await mirror.run({}, { apiUrl: clerk.url });
    expect(run.report).toMatchObject({ state: "failed", seen: 500, created: 500 });
    expect(run.failure).toEqual({ code: "CLERK_RATE_LIMITED", window: 1 });
    const resumed = await mirror.run({}, { apiUrl: clerk.url });
    expect(resumed.report).toMatchObject({ runId: run.report.runId, state: "done", seen: 520, created: 520 });
    expect(resumed.failure).toBeNull();
  });

  test("repeatedly, the run fails after an hour without a page", async () => {
    await using mirror = await openMirror({ users: 20 });
    await mirror.control("POST", "/faults", { path: "/v1/users", status: 429, retryAfter: 1 });
    const { runs } = mirror.rollcall();
    const { runId } = await runs.start({ startedBy: "test" });
    const working = runs.work({ runId });
    await paused(mirror, runId);
    await mirror.host.sql.query(`update rollcall."SyncRun" set "pausedSince" = "pausedSince" - interval '1 hour'`);
    await working;
    expect((await runs.get(runId))?.failure).toEqual({ code: "CLERK_RATE_LIMITED", window: 0 });
  });

  test("repeatedly with pages in between, the run continues: each page restarts the hour", async () => {
    await using mirror = await openMirror();
    let refused = 0;
    await using clerk = await between(mirror.clerk.url, async (question, ask) => {
      const at = question.parameters.has("starting_after") ? 2 : 1;
      if (!isWalks(question) || refused >= at) return ask();
      refused++;
      return failing(429, { "retry-after": "2400" });
    });
    const { runs } = mirror.rollcall({ apiUrl: clerk.url });
    const { runId } = await runs.start({ startedBy: "test" });
    const working = runs.work({ runId });
    for (const seen of [0, 500]) {
      expect((await paused(mirror, runId)).report.seen).toBe(seen);
      await expect.poll(() => waitingJobs(mirror)).toHaveLength(1);
      // As after these forty minutes.
      await mirror.host.sql.query(
        `update rollcall."SyncRun" set "pausedSince" = "pausedSince" - interval '40 minutes'`,
      );
      await endPause(mirror);
    }
    await working;
    expect((await runs.get(runId))?.report).toMatchObject({ state: "done", seen: 520, created: 520 });
  });

  test("and no worker runs for a day, that day does not count toward the hour", async () => {
    await using mirror = await openMirror({ users: 20 });
    const { runs } = mirror.rollcall();
    const { runId } = await runs.start({ startedBy: "test" });
    for (const retryAfter of [600, 1]) {
      await mirror.control("POST", "/faults", { path: "/v1/users", status: 429, retryAfter, times: 1 });
      const stop = new AbortController();
      const working = runs.work({ runId, signal: stop.signal });
      const run = await paused(mirror, runId);
      expect(run.report.state).toBe("planned");
      if (retryAfter === 600) {
        stop.abort();
        await working;
        await mirror.host.sql.query(
          `update rollcall."SyncRun" set "pausedSince" = "pausedSince" - interval '1 day', "pausedUntil" = "pausedUntil" - interval '1 day'`,
        );
        await mirror.host.sql.query(`update rollcall_queue.job set start_after = now() where state = 'created'`);
      } else await working;
    }
    expect((await runs.get(runId))?.report).toMatchObject({ state: "done", seen: 20 });
  });

  test("a cancelled run does not wait, nor does a stopped worker", async () => {
    await using mirror = await openMirror({ users: 20 });
    await mirror.control("POST", "/faults", { path: "/v1/users", status: 429, retryAfter: 3_000 });
    const { runs } = mirror.rollcall();
    const { runId } = await runs.start({ startedBy: "test" });
    const stop = new AbortController();
    const working = [runs.work({ runId }), mirror.rollcall().runs.work({ runId, signal: stop.signal })];
    await paused(mirror, runId);
    stop.abort();
    await working[1];
    await runs.cancel(runId);
    await working[0];
    expect((await runs.get(runId))?.report).toMatchObject({ state: "cancelled", seen: 0 });
  });
});
