import { startEmulator } from "@rollcall/clerk-emulator";
import { describe, expect, test } from "vitest";
import { between, isChanges } from "./between.ts";
import { expectCarriedOver, seenIsTheSumOf } from "./carried-over.ts";
import { type Mirror, openMirror, openSettled } from "./mirror.ts";
import { afterAnHourOfTrouble } from "./troubled.ts";

const change = (mirror: Mirror, ids: (string | undefined)[], first_name: string) => mirror.change(ids, { first_name });

describe("an incremental run", () => {
  test("after a full one reads what changed since, and costs in proportion", async () => {
    await using mirror = await openMirror({ users: 1_100 });
    const full = await mirror.run();
    const users = await mirror.listed();
    await change(
      mirror,
      users.slice(0, 45).map(({ id }) => id),
      "Changed",
    );
    await mirror.signUp(5);
    await mirror.control("DELETE", "/requests");
    const { report, total, netDifference, windows } = await mirror.run({ kind: "incremental" });
    // The last minute before the mark is read again, because Clerk's replicas lag.
    expect(report).toMatchObject({ kind: "incremental", state: "done", created: 5, updated: 45, failed: 0 });
    expect(seenIsTheSumOf(report)).toBe(report.seen);
    expect(report.seen).toBeLessThanOrEqual(55);
    expect(report).toMatchObject({ missing: null, tombstoned: 0 });
    expect({ total, netDifference }).toEqual({ total: 1_105, netDifference: 0 });
    expect(windows.map(({ pass }) => pass)).toEqual(["plan", "changes"]);
    expect(await mirror.control("GET", "/requests")).toMatchObject({ total: report.clerkCalls });
    expect(report.clerkCalls).toBeLessThanOrEqual(4);
    expect(report.clerkCalls).toBeLessThan(full.report.clerkCalls);
    await expectCarriedOver(mirror);
  });

  test("starts where the last one ended", async () => {
    await using mirror = await openSettled(100);
    const ids = (await mirror.listed()).map(({ id }) => id);
    const later = Date.now() - 10 * 60_000;
    const at = (id: string | undefined, minutes: number) =>
      mirror.control("PATCH", `/users/${id}`, { first_name: "Later", updated_at: later + minutes * 60_000 });
    for (const id of ids.slice(0, 20)) await at(id, 0);
    expect((await mirror.run({ kind: "incremental" })).report).toMatchObject({ updated: 20 });
    await at(ids[30], 5);
    const { report } = await mirror.run({ kind: "incremental" });
    expect(report).toMatchObject({ state: "done", seen: 21, updated: 1, unchanged: 20 });
    // A minute below the mark is read again, because Clerk's replicas may show changes late.
    await at(ids[31], 4.5);
    expect((await mirror.run({ kind: "incremental" })).report).toMatchObject({ seen: 2, updated: 1, unchanged: 1 });
    await expectCarriedOver(mirror);
  });

  test("becomes a full one if no run was ever done", async () => {
    await using mirror = await openMirror({ users: 20 });
    const { report } = await mirror.run({ kind: "incremental" });
    expect(report).toMatchObject({ kind: "full", state: "done", seen: 20, missing: 0 });
    expect((await mirror.run({ kind: "incremental" })).report.kind).toBe("incremental");
  });

  test("becomes a full one if the only run was a dry one, or was cancelled", async () => {
    await using mirror = await openMirror({ users: 20 });
    await mirror.run({ dryRun: true });
    const { runs } = mirror.rollcall();
    const { runId } = await runs.start({ startedBy: "test" });
    await runs.cancel(runId);
    expect((await mirror.run({ kind: "incremental" })).report.kind).toBe("full");
  });

  test("becomes a full one after the database came back from another instance: no user is synced any more", async () => {
    await using mirror = await openSettled(20);
    await using other = await startEmulator({ users: 2 });
    await mirror.rollcall({ secretKey: other.secretKey, apiUrl: other.url }).adoptInstance();
    await mirror.rollcall().adoptInstance();
    const { report } = await mirror.run({ kind: "incremental" });
    expect(report).toMatchObject({ kind: "full", state: "done", seen: 20, failed: 0 });
    await expectCarriedOver(mirror);
  });

  test("sees no deletions, deletes no user, and reports how many users too many are here", async () => {
    await using mirror = await openSettled(100);
    await mirror.age(2);
    await mirror.remove((await mirror.listed()).slice(10, 13).map(({ id }) => id));
    const { report, netDifference } = await mirror.run({ kind: "incremental" });
    expect(report).toMatchObject({ state: "done", missing: null, tombstoned: 0 });
    expect(netDifference, "at Clerk minus here").toBe(-3);
    expect((await mirror.run()).report).toMatchObject({ missing: 3, tombstoned: 3 });
    expect((await mirror.run({ kind: "incremental" })).netDifference).toBe(0);
  });

  test("reports how many users too few are here", async () => {
    await using mirror = await openSettled(100);
    await mirror.host.sql.query(
      `delete from rollcall."ClerkUser" where id in (select id from rollcall."ClerkUser" order by "createdAt" limit 4)`,
    );
    expect((await mirror.run({ kind: "incremental" })).netDifference).toBe(4);
  });

  test("counts each change once, even if the pages move while it reads", async () => {
    await using mirror = await openSettled(540);
    const ids = (await mirror.listed()).map(({ id }) => id);
    await change(mirror, ids.slice(0, 520), "Once");
    let happened = false;
    await using clerk = await between(mirror.clerk.url, async (question, ask) => {
      if (isChanges(question) && question.parameters.has("offset") && !happened) {
        happened = true;
        // They were read, and the users behind them move up to the previous page.
        await mirror.remove(ids.slice(500, 520));
      }
      return ask();
    });
    const { report } = await mirror.run({ kind: "incremental" }, { apiUrl: clerk.url });
    expect(happened).toBe(true);
    expect(report).toMatchObject({ state: "done", updated: 520, failed: 0 });
  });

  test("that fails does not change the high-water mark", async () => {
    await using mirror = await openSettled(100);
    const [ann] = await mirror.listed();
    await change(mirror, [ann?.id], "Changed");
    await using clerk = await between(mirror.clerk.url, async (question, ask) => {
      if (!isChanges(question)) return ask();
      await afterAnHourOfTrouble(mirror);
      return { status: 500, body: {} };
    });
    const failed = await mirror.run({ kind: "incremental" }, { apiUrl: clerk.url });
    expect(failed.report).toMatchObject({ state: "failed", kind: "incremental" });
    expect(failed.failure).toMatchObject({ code: "CLERK_ERROR", window: 1 });
    const { report } = await mirror.run({ kind: "incremental" });
    expect(report).toMatchObject({ runId: failed.report.runId, state: "done", updated: 1 });
  });
});

describe("a user with an updated_at years ahead", () => {
  const YEARS_AHEAD = Date.UTC(2200, 0, 1);

  test("hides no changes from later incremental runs", async () => {
    await using mirror = await openSettled(100);
    const [ahead, changed] = await mirror.listed();
    await mirror.control("PATCH", `/users/${ahead?.id}`, { updated_at: YEARS_AHEAD });
    await mirror.run({ kind: "incremental" });
    await change(mirror, [changed?.id], "Changed");
    expect((await mirror.run({ kind: "incremental" })).report).toMatchObject({ state: "done", seen: 2, updated: 1 });
    await expectCarriedOver(mirror);
  });

  test("hides no changes made while a full run walks", async () => {
    await using mirror = await openMirror({ users: 520 });
    const [ahead, changed] = await mirror.listed();
    await mirror.control("PATCH", `/users/${ahead?.id}`, { updated_at: YEARS_AHEAD });
    let happened = false;
    await using clerk = await between(mirror.clerk.url, async (question, ask) => {
      if (question.parameters.has("starting_after") && !happened) {
        happened = true;
        await change(mirror, [changed?.id], "Changed");
      }
      return ask();
    });
    expect((await mirror.run({}, { apiUrl: clerk.url })).report).toMatchObject({ state: "done", seen: 520 });
    expect(happened).toBe(true);
    await expectCarriedOver(mirror);
  });

  test("hides no changes made between the pages of one pass", async () => {
    await using mirror = await openSettled(540);
    const ids = (await mirror.listed()).map(({ id }) => id);
    const minutesAgo = (minutes: number) => Date.now() - minutes * 60_000;
    const at = (id: string | undefined, updated_at: number) =>
      mirror.control("PATCH", `/users/${id}`, { first_name: "Changed", updated_at });
    await at(ids[0], YEARS_AHEAD);
    for (const id of ids.slice(1, 521)) await at(id, minutesAgo(20));
    // As if the first page had arrived ten minutes before the others.
    let pages = 0;
    await using clerk = await between(mirror.clerk.url, async (question, ask) => {
      const answer = await ask();
      return isChanges(question) && pages++ === 0
        ? { ...answer, headers: { date: new Date(minutesAgo(10)).toUTCString() } }
        : answer;
    });
    const { report } = await mirror.run({ kind: "incremental" }, { apiUrl: clerk.url });
    expect(report).toMatchObject({ state: "done", updated: 521 });
    await at(ids[530], minutesAgo(5));
    expect((await mirror.run({ kind: "incremental" })).report).toMatchObject({ state: "done", updated: 1 });
    await expectCarriedOver(mirror);
  });
});
