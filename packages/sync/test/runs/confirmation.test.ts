import { describe, expect, test } from "vitest";
import { z } from "zod/v4";
import { between, failing, isChanges } from "./between.ts";
import { type Mirror, openSettled } from "./mirror.ts";
import { afterAnHourOfTrouble } from "./troubled.ts";

/** A settled mirror, with this many of its users missing at Clerk. */
async function openWithGone(users: number, gone: number): Promise<Mirror> {
  const mirror = await openSettled(users);
  await mirror.age(2);
  await mirror.remove((await mirror.listed()).slice(users - gone).map(({ id }) => id));
  await mirror.control("DELETE", "/requests");
  return mirror;
}

const dead = async ({ host }: Mirror): Promise<number> =>
  (await host.clerkUsers()).filter(({ deletedBy }) => deletedBy !== null).length;

const journal = z.object({ byRoute: z.object({ "GET /v1/users/:id": z.number().default(0) }) });
const askedById = async (mirror: Mirror): Promise<number> =>
  journal.parse(await mirror.control("GET", "/requests")).byRoute["GET /v1/users/:id"];

describe("a run that finds too many missing users", () => {
  test.each([
    ["more than 20 and more than 5 %", 400, 21],
    ["half of them", 4, 2],
  ])("(%s) waits for a confirmation: no user is deleted, and Clerk is not asked about any", async (_, users, gone) => {
    await using mirror = await openWithGone(users, gone);
    const before = await mirror.host.versions();
    const run = await mirror.run();
    expect(run.report).toMatchObject({ state: "awaiting_confirmation", missing: gone, tombstoned: 0 });
    expect(run.endedAt).not.toBeNull();
    expect(await mirror.host.versions()).toEqual(before);
    expect(await askedById(mirror)).toBe(0);
    expect(await mirror.rollcall().runs.active()).toBeNull();
  });

  test.each([
    ["20 of 400", 400, 20],
    ["21 of 420: 5 % exactly", 420, 21],
    ["one of three", 3, 1],
  ])("does not wait if they are not too many: %s", async (_, users, gone) => {
    await using mirror = await openWithGone(users, gone);
    expect((await mirror.run()).report).toMatchObject({ state: "done", missing: gone, tombstoned: gone });
  });

  test("resumes once confirmed, and still asks about each", async () => {
    await using mirror = await openWithGone(40, 25);
    const waiting = await mirror.run();
    const { runs } = mirror.rollcall();
    const { runId } = waiting.report;
    const confirmed = await runs.confirm(runId);
    expect(confirmed).toMatchObject({
      state: "confirmed",
      run: { report: { runId, state: "running" }, confirmed: true, endedAt: null },
    });
    // A second click does no harm.
    expect(await runs.confirm(runId)).toMatchObject({ state: "confirmed", run: { report: { state: "running" } } });
    await runs.work({ runId });
    const run = await runs.get(runId);
    expect(run?.report).toMatchObject({ runId, state: "done", seen: 15, missing: 25, tombstoned: 25 });
    expect(await askedById(mirror)).toBe(25);
    expect(await dead(mirror)).toBe(25);
    expect(await runs.list({ before: null, limit: 10 })).toHaveLength(2);
  });

  test("does not delete a user that Clerk knows by id, even after a confirmation", async () => {
    await using mirror = await openWithGone(40, 25);
    const { report } = await mirror.run();
    const { runs } = mirror.rollcall();
    const gone = new Set((await mirror.host.clerkUsers()).map(({ id }) => id));
    for (const { id } of await mirror.listed()) gone.delete(id);
    const [alive = ""] = gone;
    await mirror.host.sql.query(`update rollcall."SyncCandidate" set "userId" = $1 where "userId" = $2`, [
      (await mirror.listed())[0]?.id,
      alive,
    ]);
    await runs.confirm(report.runId);
    await runs.work();
    expect((await runs.get(report.runId))?.report).toMatchObject({ state: "done", missing: 24, tombstoned: 24 });
    expect(await dead(mirror)).toBe(24);
  });

  test("is replaced by a newer full run while it waits", async () => {
    await using mirror = await openWithGone(40, 25);
    const waiting = await mirror.run();
    const newer = await mirror.run();
    expect(newer.report.runId).not.toBe(waiting.report.runId);
    expect(newer.report).toMatchObject({ state: "awaiting_confirmation", missing: 25 });
    const { runs } = mirror.rollcall();
    expect((await runs.get(waiting.report.runId))?.report.state).toBe("cancelled");
    expect(await runs.confirm(waiting.report.runId)).toMatchObject({ state: "not_waiting" });
    expect(await runs.active()).toBeNull();
  });

  test("is not replaced by an incremental one", async () => {
    await using mirror = await openWithGone(40, 25);
    const { report } = await mirror.run();
    expect((await mirror.run({ kind: "incremental" })).report).toMatchObject({ state: "done", kind: "incremental" });
    const { runs } = mirror.rollcall();
    expect(await runs.confirm(report.runId)).toMatchObject({ state: "confirmed" });
  });

  test("resumes if a start confirms its deletions", async () => {
    await using mirror = await openWithGone(40, 25);
    const waiting = await mirror.run();
    const { runs } = mirror.rollcall();
    const started = await runs.start({ startedBy: "test", confirmDeletions: true });
    expect(started).toMatchObject({ runId: waiting.report.runId, state: "running", joined: true });
    await runs.work();
    expect((await runs.get(started.runId))?.report).toMatchObject({ state: "done", tombstoned: 25 });
  });

  test("does not wait if it was confirmed from the start", async () => {
    await using mirror = await openWithGone(40, 25);
    expect((await mirror.run({ confirmDeletions: true })).report).toMatchObject({
      state: "done",
      missing: 25,
      tombstoned: 25,
    });
  });

  test("does not wait if it failed before, and the start that resumes it confirms its deletions", async () => {
    await using mirror = await openWithGone(40, 25);
    await using clerk = await between(mirror.clerk.url, async (question, ask) => {
      if (!isChanges(question)) return ask();
      await afterAnHourOfTrouble(mirror);
      return failing(500);
    });
    const failed = await mirror.run({}, { apiUrl: clerk.url });
    expect(failed.report.state).toBe("failed");
    const { report, confirmed } = await mirror.run({ confirmDeletions: true });
    expect(report).toMatchObject({ runId: failed.report.runId, state: "done", missing: 25, tombstoned: 25 });
    expect(confirmed).toBe(true);
  });

  test("can be cancelled while it waits", async () => {
    await using mirror = await openWithGone(4, 2);
    const { report } = await mirror.run();
    const { runs } = mirror.rollcall();
    expect(await runs.cancel(report.runId)).toMatchObject({ state: "cancelled", run: { report: { missing: 2 } } });
    expect(await runs.confirm(report.runId)).toMatchObject({
      state: "not_waiting",
      run: { report: { state: "cancelled" } },
    });
    expect(await dead(mirror)).toBe(0);
  });
});

describe("a run that waits for a confirmation, if none was ever done", () => {
  /** A first run that waits: its users are not here from a run. */
  async function openWaiting() {
    const mirror = await openWithGone(40, 25);
    await mirror.host.sql.query(`delete from rollcall."SyncRun"`);
    const { runs } = mirror.rollcall();
    const { report } = await mirror.run();
    expect(report.state).toBe("awaiting_confirmation");
    return { mirror, runs, runId: report.runId };
  }

  test("is not replaced by an incremental one, which starts from its high-water mark", async () => {
    const { mirror, runs, runId } = await openWaiting();
    await using _ = mirror;
    const incremental = await mirror.run({ kind: "incremental" });
    expect(incremental.report).toMatchObject({ kind: "incremental", state: "done" });
    expect((await runs.get(runId))?.report.state).toBe("awaiting_confirmation");
  });

  test("is not replaced by one that is full only because there is no high-water mark", async () => {
    const { mirror, runs, runId } = await openWaiting();
    await using _ = mirror;
    await mirror.host.sql.query(`update rollcall."SyncRun" set mark = null`);
    expect((await mirror.run({ kind: "incremental" })).report.kind).toBe("full");
    expect((await runs.get(runId))?.report.state).toBe("awaiting_confirmation");
  });
});
