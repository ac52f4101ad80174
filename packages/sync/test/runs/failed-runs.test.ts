import { describe, expect, test } from "vitest";
import { answering } from "../clerk/answering.ts";
import { between, failing } from "./between.ts";
import { expectCarriedOver } from "./carried-over.ts";
import { type Mirror, openMirror } from "./mirror.ts";
import { afterAnHourOfTrouble } from "./troubled.ts";

/** Fails a run at its second page. @returns its id */
async function failRun(mirror: Mirror): Promise<string> {
  await using clerk = await between(mirror.clerk.url, async (question, ask) => {
    if (!question.parameters.has("starting_after")) return ask();
    await afterAnHourOfTrouble(mirror);
    return failing(500);
  });
  const { report } = await mirror.run({}, { apiUrl: clerk.url });
  expect(report).toMatchObject({ state: "failed", seen: 500 });
  return report.runId;
}

describe("a run that fails", () => {
  test("after an hour without a page names the window, and a start resumes there", async () => {
    await using mirror = await openMirror();
    const runId = await failRun(mirror);
    const failed = await mirror.rollcall().runs.get(runId);
    expect(failed?.report).toMatchObject({ state: "failed", seen: 500, created: 500 });
    expect(failed?.failure).toEqual({ code: "CLERK_ERROR", window: 1 });
    const { report, failure } = await mirror.run();
    expect(report).toMatchObject({ runId, state: "done", seen: 520, created: 520 });
    expect(failure).toBeNull();
    expect(await mirror.rollcall().runs.list({ before: null, limit: 10 })).toHaveLength(1);
    await expectCarriedOver(mirror);
  });

  test("a while ago resumes when a worker runs, without a new start", async () => {
    await using mirror = await openMirror();
    const runId = await failRun(mirror);
    const { runs } = mirror.rollcall();
    const failedAgo = (age: string) =>
      mirror.host.sql.query(`update rollcall."SyncRun" set "endedAt" = clock_timestamp() - $1::interval`, [age]);
    await failedAgo("9 minutes");
    await runs.work();
    expect((await runs.get(runId))?.report.state, "a run that just failed is not resumed").toBe("failed");
    await failedAgo("11 minutes");
    await runs.work();
    expect((await runs.get(runId))?.report).toMatchObject({ state: "done", seen: 520, created: 520 });
    await runs.work();
    expect(await runs.resume(), "a run that is done does not resume").toBeNull();
  });

  test("resumes within a day of its failure, whenever it started", async () => {
    await using mirror = await openMirror();
    const runId = await failRun(mirror);
    await mirror.host.sql.query(
      `update rollcall."SyncRun" set "startedAt" = "startedAt" - interval '30 hours', "endedAt" = "endedAt" - interval '23 hours'`,
    );
    await mirror.host.sql.query(`update rollcall."ClerkInstance" set "adoptedAt" = "adoptedAt" - interval '31 hours'`);
    expect((await mirror.run()).report).toMatchObject({ runId, state: "done", seen: 520, created: 520 });
  });

  test("does not resume more than a week after its start: a new run starts", async () => {
    await using mirror = await openMirror();
    const runId = await failRun(mirror);
    await mirror.host.sql.query(`update rollcall."SyncRun" set "startedAt" = "startedAt" - interval '8 days'`);
    await mirror.host.sql.query(`update rollcall."ClerkInstance" set "adoptedAt" = "adoptedAt" - interval '9 days'`);
    expect((await mirror.run()).report.runId).not.toBe(runId);
  });

  test("does not resume more than a day after its failure: a new run starts", async () => {
    await using mirror = await openMirror();
    const runId = await failRun(mirror);
    await mirror.host.sql.query(
      `update rollcall."SyncRun" set "startedAt" = "startedAt" - interval '25 hours', "endedAt" = "endedAt" - interval '25 hours'`,
    );
    await mirror.host.sql.query(`update rollcall."ClerkInstance" set "adoptedAt" = "adoptedAt" - interval '31 hours'`);
    const { report } = await mirror.run();
    expect(report.runId).not.toBe(runId);
    expect(report).toMatchObject({ state: "done", seen: 520, created: 20, unchanged: 500 });
  });

  test("is not resumed by a dry run, and resumes after one", async () => {
    await using mirror = await openMirror();
    const runId = await failRun(mirror);
    const dry = await mirror.run({ dryRun: true });
    expect(dry.report).toMatchObject({ dryRun: true, state: "done", seen: 520, created: 20 });
    expect((await mirror.run()).report).toMatchObject({ runId, state: "done", seen: 520, created: 520 });
  });

  test("does not resume if another instance was adopted meanwhile: its cursors belong to the previous one", async () => {
    await using mirror = await openMirror();
    await using other = await openMirror({ users: 600 });
    const runId = await failRun(mirror);
    const credentials = { apiUrl: other.clerk.url, secretKey: other.clerk.secretKey };
    await mirror.rollcall(credentials).adoptInstance();
    const { report } = await mirror.run({}, credentials);
    expect(report.runId).not.toBe(runId);
    expect(report).toMatchObject({ state: "done", seen: 600, failed: 0, missing: 0 });
    expect(
      (await mirror.host.clerkUsers()).filter(({ instanceId }) => instanceId === other.clerk.instanceId),
    ).toHaveLength(600);
  });

  test("does not resume if its instance was released meanwhile: users behind its cursors are no longer synced", async () => {
    await using mirror = await openMirror();
    await using other = await openMirror({ users: 2 });
    const runId = await failRun(mirror);
    await mirror.rollcall({ apiUrl: other.clerk.url, secretKey: other.clerk.secretKey }).adoptInstance();
    await mirror.rollcall().adoptInstance();
    const { report } = await mirror.run();
    expect(report.runId).not.toBe(runId);
    expect(report).toMatchObject({ state: "done", seen: 520, failed: 0 });
    expect(await mirror.host.clerkUsers()).toHaveLength(520);
  });

  test("at a URL that is not Clerk's API says so", async () => {
    await using mirror = await openMirror({ users: 2 });
    let asked = 0;
    await using website = await answering(async (_, response) => {
      // The first two ask for the key's instance; that may be temporary.
      if (++asked > 2) await afterAnHourOfTrouble(mirror);
      response.writeHead(404).end("<html>Not found</html>");
    });
    const run = await mirror.run({}, { apiUrl: website.url });
    expect(run.report).toMatchObject({ state: "failed", seen: 0 });
    expect(run.failure).toEqual({ code: "CLERK_ERROR", window: 0 });
  });
});
