import { describe, expect, test } from "vitest";
import type { Run } from "../../src/index.ts";
import { between, isWalks } from "./between.ts";
import { expectCarriedOver } from "./carried-over.ts";
import { openMirror, openSettled } from "./mirror.ts";
import { startWorker } from "./worker-process.ts";

test("progress is reported from the start to the end, with the total and each window's position", async () => {
  await using mirror = await openMirror();
  const reported: Run[] = [];
  await using clerk = await between(mirror.clerk.url, async (question, ask) => {
    const seen = question.parameters.has("starting_after") ? 500 : 0;
    // Each page arrives once the previous one was reported.
    if (isWalks(question))
      await expect.poll(() => reported.at(-1)?.report.seen, { timeout: 10_000 }).toBeGreaterThanOrEqual(seen);
    return ask();
  });
  await mirror.run({ onProgress: (run) => void reported.push(run) }, { apiUrl: clerk.url });
  expect(reported[0]).toMatchObject({ report: { state: "planned", seen: 0 }, total: null });
  const [under] = reported.filter(({ report }) => report.seen === 500);
  expect(under).toMatchObject({
    report: { state: "running", created: 500 },
    total: 520,
    startedBy: "test",
    endedAt: null,
  });
  expect(under?.windows.map(({ pass, seen, endedAt }) => [pass, seen, endedAt === null])).toEqual([
    ["plan", 0, false],
    ["walk", 500, true],
  ]);
  const users = await mirror.listed();
  expect(under?.windows[1]?.at).toEqual(new Date(users[499]?.created_at ?? 0));
  expect(under?.silentMs).toBeLessThan(60_000);
  expect(reported.at(-1)).toMatchObject({ report: { state: "done", seen: 520 } });
});

describe("one run at a time", () => {
  test("of two simultaneous starts, one joins the other", async () => {
    await using mirror = await openMirror({ users: 20 });
    const [here, there] = [mirror.rollcall().runs, mirror.rollcall().runs];
    const started = await Promise.all([here.start({ startedBy: "ann" }), there.start({ startedBy: "bob" })]);
    expect(started[0].runId).toBe(started[1].runId);
    expect(started.map(({ joined }) => joined).sort()).toEqual([false, true]);
    await Promise.all([here.work(), there.work()]);
    const runs = await here.list({ before: null, limit: 10 });
    expect(runs.map(({ report }) => report)).toMatchObject([{ state: "done", seen: 20, created: 20 }]);
  });

  test("an incremental run that is started while a full one is in progress joins it", async () => {
    await using mirror = await openSettled(20);
    const { runs } = mirror.rollcall();
    const { runId } = await runs.start({ startedBy: "test" });
    expect(await runs.start({ startedBy: "test", kind: "incremental" })).toMatchObject({ runId, joined: true });
  });

  test("a dry run blocks no other run, and no other run blocks it", async () => {
    await using mirror = await openMirror({ users: 20 });
    const { runs } = mirror.rollcall();
    const real = await runs.start({ startedBy: "test" });
    const dry = await runs.start({ startedBy: "test", dryRun: true });
    expect(dry).toMatchObject({ joined: false, state: "planned" });
    expect(dry.runId).not.toBe(real.runId);
    expect((await runs.active())?.report.dryRun).toBe(false);
    await runs.work({ runId: dry.runId });
    expect((await runs.get(dry.runId))?.report).toMatchObject({ state: "done", seen: 20, created: 20 });
    expect((await runs.get(real.runId))?.report).toMatchObject({ state: "planned", seen: 0 });
    expect(await mirror.host.users()).toEqual([]);
    await runs.work();
    expect((await runs.last())?.report).toMatchObject({ runId: real.runId, state: "done", seen: 20 });
    await expectCarriedOver(mirror);
  });

  test("a waiting run cannot be confirmed while another is in progress, but afterwards", async () => {
    await using mirror = await openSettled(4);
    await mirror.age(2);
    for (const { id } of (await mirror.listed()).slice(2)) await mirror.control("DELETE", `/users/${id}`);
    const waiting = await mirror.run();
    const { runs } = mirror.rollcall();
    await runs.start({ startedBy: "test", kind: "incremental" });
    expect(await runs.confirm(waiting.report.runId)).toEqual({ state: "another_is_under_way" });
    expect((await runs.get(waiting.report.runId))?.report.state).toBe("awaiting_confirmation");
    await runs.work();
    expect(await runs.confirm(waiting.report.runId)).toMatchObject({
      state: "confirmed",
      run: { report: { state: "running" } },
    });
    await runs.work();
    expect((await runs.get(waiting.report.runId))?.report).toMatchObject({ state: "done", tombstoned: 2 });
  });
});

describe("a cancelled run", () => {
  test("ends with the current page even from another process, and no other page is applied", async () => {
    await using mirror = await openMirror({ users: 1_200 });
    const { runs } = mirror.rollcall();
    const { runId } = await runs.start({ startedBy: "test" });
    let asked = 0;
    await using clerk = await between(mirror.clerk.url, async (question, ask) => {
      if (isWalks(question) && ++asked === 2) {
        expect(await runs.cancel(runId)).toMatchObject({ state: "cancelled", run: { report: { seen: 500 } } });
      }
      return ask();
    });
    await using worker = startWorker(mirror, { apiUrl: clerk.url });
    expect(await worker.ended).toBe(0);
    expect(asked).toBe(2);
    const run = await runs.get(runId);
    expect(run?.report).toMatchObject({ state: "cancelled", seen: 500, created: 500 });
    expect(run?.endedAt).toBeInstanceOf(Date);
    expect((await mirror.host.users()).length).toBeLessThanOrEqual(1_000);
    expect(await runs.active()).toBeNull();
  });

  test("stays cancelled, and the next one starts over and finishes the work", async () => {
    await using mirror = await openMirror({ users: 1_200 });
    const { runs } = mirror.rollcall();
    await using clerk = await between(mirror.clerk.url, async (question, ask) => {
      if (question.parameters.has("starting_after")) await runs.cancel(runId);
      return ask();
    });
    const { runId } = await runs.start({ startedBy: "test" });
    await mirror.rollcall({ apiUrl: clerk.url }).runs.work({ runId });
    const { report } = await mirror.run();
    expect(report.runId).not.toBe(runId);
    expect(report).toMatchObject({ state: "done", seen: 1_200, created: 200, unchanged: 1_000 });
    expect(await runs.cancel(report.runId)).toMatchObject({ state: "ended", run: { report: { state: "done" } } });
    expect((await runs.get(runId))?.report.state).toBe("cancelled");
  });
});

test("a worker stops after the current page on its signal, and another continues from there", async () => {
  await using mirror = await openMirror();
  const stop = new AbortController();
  await using clerk = await between(mirror.clerk.url, async (question, ask) => {
    if (isWalks(question)) stop.abort();
    return ask();
  });
  const { report } = await mirror.run({ signal: stop.signal }, { apiUrl: clerk.url });
  expect(report).toMatchObject({ state: "running", seen: 500, created: 500 });
  expect(await mirror.host.users()).toHaveLength(500);
  const resumed = await mirror.run();
  expect(resumed.report).toMatchObject({ runId: report.runId, state: "done", seen: 520, created: 520 });
});
