import { describe, expect, test } from "vitest";
import { type Answer, between, isChanges, isWalks, type Question } from "./between.ts";
import { seenIsTheSumOf } from "./carried-over.ts";
import { type Mirror, openMirror, openSettled } from "./mirror.ts";

const USERS = 540;

/** As if every user had changed since the last run. */
const forgetMark = ({ host }: Mirror) => host.sql.query(`update rollcall."SyncRun" set mark = to_timestamp(1)`);

/**
 * A Clerk with an endless list of changes: it answers with the first page at every offset.
 *
 * @param walked called when a page of a walk was read, with its number
 */
function endless(mirror: Mirror, walked: (page: number) => Promise<unknown>, { once = true } = {}) {
  const seen = { largestOffset: 0, walkPages: 0 };
  let firstPage: Promise<Answer> | undefined;
  const answer = async (question: Question, ask: () => Promise<Answer>): Promise<Answer> => {
    const { parameters } = question;
    const over = once && seen.largestOffset >= 19_600;
    seen.largestOffset = Math.max(seen.largestOffset, Number(parameters.get("offset") ?? 0));
    if (isChanges(question) && !over) {
      parameters.delete("offset");
      firstPage ??= ask();
      return firstPage;
    }
    const answered = await ask();
    if (isWalks(question)) await walked(seen.walkPages++);
    return answered;
  };
  return { seen, open: () => between(mirror.clerk.url, answer) };
}

describe("if more users changed than can be read by offset", () => {
  test("an incremental run walks by cursor, counts each change once, and ends with the changes made meanwhile", async () => {
    await using mirror = await openSettled(USERS);
    await forgetMark(mirror);
    const [first] = await mirror.listed();
    const { seen, open } = endless(mirror, (page) =>
      page === 1 ? mirror.control("PATCH", `/users/${first?.id}`, { first_name: "Meanwhile" }) : Promise.resolve(),
    );
    await using clerk = await open();
    const { report, windows, ...run } = await mirror.run({ kind: "incremental" }, { apiUrl: clerk.url });
    expect(report).toMatchObject({ kind: "incremental", state: "done", seen: USERS, unchanged: USERS, failed: 0 });
    expect(seenIsTheSumOf(report)).toBe(report.seen);
    expect(run).toMatchObject({ incomplete: false, total: USERS, netDifference: 0 });
    expect(windows.map(({ pass, seen }) => [pass, seen])).toEqual([
      ["plan", 0],
      ["changes", 500],
      ["plan", 0],
      ["walk", 40],
      ["changes", 0],
    ]);
    expect(seen.largestOffset).toBeLessThanOrEqual(20_000);
    expect((await mirror.host.users()).find(({ id }) => id === first?.id)?.name).toMatch(/^Meanwhile/);
    const next = await mirror.run({ kind: "incremental" });
    expect(next.report.seen, "it starts at the previous run's mark").toBeLessThan(100);
  });

  test("a full run walks once more, and counts no further user", async () => {
    await using mirror = await openMirror({ users: USERS });
    const { seen, open } = endless(mirror, (page) => (page === 0 ? forgetMark(mirror) : Promise.resolve()));
    await using clerk = await open();
    const { report, incomplete, windows } = await mirror.run({}, { apiUrl: clerk.url });
    expect(report).toMatchObject({ state: "done", seen: USERS, created: USERS, missing: 0 });
    expect(incomplete).toBe(false);
    expect(windows.map(({ pass }) => pass)).toEqual(["plan", "walk", "changes", "plan", "walk", "changes"]);
    expect(seen.walkPages).toBeGreaterThan(3);
  });

  test("twice, the run ends as incomplete", async () => {
    await using mirror = await openSettled(USERS);
    await forgetMark(mirror);
    const { open } = endless(mirror, () => forgetMark(mirror), { once: false });
    await using clerk = await open();
    const { report, incomplete } = await mirror.run({ kind: "incremental" }, { apiUrl: clerk.url });
    expect(report).toMatchObject({ state: "done", seen: USERS });
    expect(incomplete).toBe(true);
  });
});
