import { expect, test } from "vitest";
import { between, isWalks } from "./between.ts";
import { expectCarriedOver } from "./carried-over.ts";
import { openMirror } from "./mirror.ts";
import { signal } from "./signal.ts";
import { startWorker } from "./worker-process.ts";

const A_MINUTE = 60_000;

test.concurrent("a worker that is killed while it waits for a page is replaced within a minute", async () => {
  await using mirror = await openMirror();
  const asked = signal();
  const { runs } = mirror.rollcall();
  const { runId } = await runs.start({ startedBy: "test" });
  await using clerk = await between(mirror.clerk.url, async (question, ask) => {
    if (!isWalks(question) || !question.parameters.has("starting_after")) return ask();
    asked.give();
    return new Promise(() => {});
  });
  await using worker = startWorker(mirror, { apiUrl: clerk.url });
  await asked.given;
  await worker.kill();
  expect((await runs.get(runId))?.report).toMatchObject({ state: "running", seen: 500 });

  await runs.work({ runId, signal: AbortSignal.timeout(A_MINUTE) });
  expect((await runs.get(runId))?.report).toMatchObject({ state: "done", seen: 520, created: 520, failed: 0 });
  expect(await runs.list({ before: null, limit: 10 })).toHaveLength(1);
  await expectCarriedOver(mirror);
});

test.concurrent("a page is counted once, even if a worker applied it and was killed before it could count it", async () => {
  await using mirror = await openMirror();
  const { runs } = mirror.rollcall();
  const { runId } = await runs.start({ startedBy: "test" });
  const lock = await mirror.host.sql.connect();
  await using clerk = await between(mirror.clerk.url, async (question, ask) => {
    if (isWalks(question) && question.parameters.has("starting_after")) {
      await lock.query("begin");
      await lock.query(`select from rollcall."SyncRun" for update`);
    }
    return ask();
  });
  await using worker = startWorker(mirror, { apiUrl: clerk.url });
  await mirror.host.untilBlocked();
  await worker.kill();
  await lock.query("rollback");
  lock.release();
  // As after the half minute in which its worker might still have worked.
  await mirror.host.sql.query(`update rollcall_queue.job set started_on = started_on - interval '31 s'`);
  expect(await mirror.host.users()).toHaveLength(520);
  expect((await runs.get(runId))?.report).toMatchObject({ state: "running", seen: 500 });

  await runs.work({ runId, signal: AbortSignal.timeout(A_MINUTE) });
  const run = await runs.get(runId);
  expect(run?.report).toMatchObject({ state: "done", seen: 520, created: 500, unchanged: 20 });
  await expectCarriedOver(mirror);
});
