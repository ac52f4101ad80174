import { expect, test } from "vitest";
import { between, failing, isWalks } from "./between.ts";
import { type Mirror, openMirror } from "./mirror.ts";
import { afterAnHourOfTrouble } from "./troubled.ts";

/** Does two things in parallel: each reads the run before the other changes it. */
async function atOnce<Result>({ host }: Mirror, act: () => Promise<Result>): Promise<[Result, Result]> {
  const gate = await host.sql.connect();
  await gate.query("begin");
  await gate.query(`select from rollcall."SyncRun" for update`);
  const acting = Promise.all([act(), act()]);
  await host.untilBlocked(2);
  await gate.query("commit");
  gate.release();
  return acting;
}

test("two simultaneous confirmations both see the run resume, and each missing user is requested once", async () => {
  await using mirror = await openMirror({ users: 4 });
  await mirror.run();
  await mirror.age(2);
  for (const { id } of (await mirror.listed()).slice(2)) await mirror.control("DELETE", `/users/${id}`);
  const { report } = await mirror.run();
  const { runs } = mirror.rollcall();
  const goesOn = { state: "confirmed", run: { report: { state: "running" } } };
  const confirmed = await atOnce(mirror, () => runs.confirm(report.runId));
  expect(confirmed).toMatchObject([goesOn, goesOn]);
  await runs.work();
  const run = await runs.get(report.runId);
  expect(run?.report).toMatchObject({ state: "done", missing: 2, tombstoned: 2 });
  expect(run?.windows.filter(({ pass }) => pass === "missing")).toHaveLength(1);
  expect(await mirror.control("GET", "/requests")).toMatchObject({ byRoute: { "GET /v1/users/:id": 2 } });
});

test("two simultaneous starts both join the failed run that resumes", async () => {
  await using mirror = await openMirror({ users: 20 });
  await using clerk = await between(mirror.clerk.url, async (question, ask) => {
    if (!isWalks(question)) return ask();
    await afterAnHourOfTrouble(mirror);
    return failing(500);
  });
  const { report } = await mirror.run({}, { apiUrl: clerk.url });
  expect(report.state).toBe("failed");
  const { runs } = mirror.rollcall();
  const { runId } = report;
  const started = await atOnce(mirror, () => runs.start({ startedBy: "test" }));
  expect(started).toMatchObject([
    { runId, joined: true },
    { runId, joined: true },
  ]);
  await runs.work();
  expect((await runs.get(runId))?.report).toMatchObject({ state: "done", seen: 20, created: 20 });
});
