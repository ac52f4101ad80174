import { describe, expect, test } from "vitest";
import { between, isChanges, isWalks, type Question } from "./between.ts";
import { seenIsTheSumOf } from "./carried-over.ts";
import { type Mirror, openMirror } from "./mirror.ts";

const USERS = 21_000;

/** As if everybody had changed since the last run. */
const forgetMark = ({ host }: Mirror) => host.sql.query(`update "SyncRun" set mark = to_timestamp(1)`);

const offsetOf = ({ parameters }: Question): number => Number(parameters.get("offset") ?? 0);

describe("where more than 20,000 users changed", () => {
  test("an incremental run goes on by cursor, counts each change once, and closes with what changed meanwhile", async () => {
    await using mirror = await openMirror({ users: USERS });
    await mirror.run();
    await forgetMark(mirror);
    const [first, second] = await mirror.listed();
    await mirror.control("PATCH", `/users/${first?.id}`, { first_name: "Changed", updated_at: 60_000 });
    await mirror.host.sql.query(`update "ClerkUser" set "updatedAt" = to_timestamp(2) where id = $1`, [first?.id]);
    let [largestOffset, pagesOfWalk] = [0, 0];
    await using clerk = await between(mirror.clerk.url, async (question, ask) => {
      largestOffset = Math.max(largestOffset, offsetOf(question));
      const answer = await ask();
      if (isWalks(question) && pagesOfWalk++ === 5) {
        await mirror.control("PATCH", `/users/${second?.id}`, { first_name: "Meanwhile" });
      }
      return answer;
    });
    const { report, windows, incomplete, total, netDifference } = await mirror.run(
      { kind: "incremental" },
      { apiUrl: clerk.url },
    );
    expect(report).toMatchObject({ kind: "incremental", state: "done", seen: USERS, updated: 1, failed: 0 });
    expect(seenIsTheSumOf(report)).toBe(report.seen);
    expect({ incomplete, total, netDifference }).toEqual({ incomplete: false, total: USERS, netDifference: 0 });
    const passes = [...new Set(windows.map(({ pass }) => pass))];
    expect(passes).toEqual(["plan", "changes", "walk"]);
    expect(windows.at(-1)).toMatchObject({ pass: "changes", seen: 0 });
    expect(largestOffset).toBeLessThanOrEqual(20_000);
    const names = new Map((await mirror.host.users()).map(({ id, name }) => [id, name]));
    expect(names.get(first?.id ?? "")).toMatch(/^Changed/);
    expect(names.get(second?.id ?? "")).toMatch(/^Meanwhile/);

    const next = await mirror.run({ kind: "incremental" });
    expect(next.report.seen, "it begins at the mark of the one before").toBeLessThan(100);
  });

  test("a full run's closing pass walks once more, and adds nobody to its count", async () => {
    await using mirror = await openMirror({ users: USERS });
    const [first] = await mirror.listed();
    let forgotten = 0;
    await using clerk = await between(mirror.clerk.url, async (question, ask) => {
      if (isWalks(question) && forgotten++ === 0) await forgetMark(mirror);
      if (isChanges(question) && offsetOf(question) > 19_000) {
        await mirror.control("PATCH", `/users/${first?.id}`, { first_name: "Changed" });
      }
      return ask();
    });
    const { report, incomplete } = await mirror.run({}, { apiUrl: clerk.url });
    expect(report).toMatchObject({ state: "done", seen: USERS, created: USERS, missing: 0 });
    expect(incomplete).toBe(false);
    expect((await mirror.host.users()).find(({ id }) => id === first?.id)?.name).toMatch(/^Changed/);
  });

  test("again while the walk took the place of the pass, the run is incomplete, and ends", async () => {
    await using mirror = await openMirror({ users: USERS });
    await mirror.run();
    await forgetMark(mirror);
    await using clerk = await between(mirror.clerk.url, async (question, ask) => {
      if (isWalks(question)) await forgetMark(mirror);
      return ask();
    });
    const { report, incomplete } = await mirror.run({ kind: "incremental" }, { apiUrl: clerk.url });
    expect(report).toMatchObject({ state: "done", seen: USERS });
    expect(incomplete).toBe(true);
  });
});
