import { describe, expect, test } from "vitest";
import { z } from "zod/v4";
import type { SyncErrorCode } from "../../src/index.ts";
import { between, failing, isChanges, isWalks } from "./between.ts";
import { expectCarriedOver, seenIsTheSumOf } from "./carried-over.ts";
import { openMirror, openSettled } from "./mirror.ts";
import { endPause } from "./troubled.ts";

const users = z.array(z.unknown());

describe("if Clerk fails", () => {
  test.each<[string, object, SyncErrorCode]>([
    ["an error at Clerk", { status: 500 }, "CLERK_ERROR"],
    ["a reset connection", { resetRate: 1 }, "CLERK_UNREACHABLE"],
  ])("%s: the run reports it, and continues to its end", async (_, fault, code) => {
    await using mirror = await openMirror({ users: 20 });
    await mirror.control("POST", "/faults", { path: "/v1/users", times: 1, ...fault });
    const reported = new Set<SyncErrorCode | null>();
    const run = await mirror.run({
      onProgress: ({ windows }) => {
        for (const { lastError } of windows) reported.add(lastError);
      },
    });
    expect(reported).toEqual(new Set([null, code]));
    expect(run.report).toMatchObject({ state: "done", seen: 20, created: 20, failed: 0 });
    expect(run.windows.map(({ lastError }) => lastError)).toEqual([null, null, null]);
  });

  test.each<[string, object]>([
    ["answers with errors", { status: 503 }],
    ["resets connections", { resetRate: 1 }],
  ])("that %s repeatedly, the run waits, and does not fail", async (_, fault) => {
    await using mirror = await openMirror({ users: 20 });
    await mirror.control("POST", "/faults", { path: "/v1/users", ...fault });
    const { runs } = mirror.rollcall();
    const { runId } = await runs.start({ startedBy: "test" });
    const working = runs.work({ runId, workers: 1 });
    const asked = z.object({ total: z.number() });
    const questions = async () => {
      await endPause(mirror);
      return asked.parse(await mirror.control("GET", "/requests")).total;
    };
    await expect.poll(questions, { timeout: 60_000 }).toBeGreaterThan(15);
    const waiting = await runs.get(runId);
    expect(waiting?.report.state).toBe("planned");
    await mirror.control("DELETE", "/faults");
    const state = async () => {
      await endPause(mirror);
      return (await runs.get(runId))?.report.state;
    };
    await expect.poll(state, { timeout: 20_000 }).toBe("done");
    await working;
    expect((await runs.get(runId))?.report).toMatchObject({ seen: 20, created: 20, failed: 0 });
  });

  test("an error after some pages is reported with its window", async () => {
    await using mirror = await openMirror();
    let failures = 0;
    await using clerk = await between(mirror.clerk.url, async (question, ask) =>
      isWalks(question) && question.parameters.has("starting_after") && failures++ === 0 ? failing(500) : ask(),
    );
    const reported: [number, SyncErrorCode][] = [];
    const { report } = await mirror.run(
      {
        onProgress: ({ windows }) => {
          for (const { seen, lastError } of windows) if (lastError) reported.push([seen, lastError]);
        },
      },
      { apiUrl: clerk.url },
    );
    expect(reported[0]).toEqual([500, "CLERK_ERROR"]);
    expect(report).toMatchObject({ state: "done", seen: 520, created: 520 });
  });
});

describe("a cursor that Clerk refuses", () => {
  test.each([404, 422])("(%i) is worked around: all users are synced and counted once", async (status) => {
    await using mirror = await openMirror({ users: 1_200 });
    await using clerk = await between(mirror.clerk.url, async (question, ask) =>
      question.parameters.has("starting_after") ? failing(status) : ask(),
    );
    const { report } = await mirror.run({}, { apiUrl: clerk.url });
    expect(report).toMatchObject({ state: "done", seen: 1_200, created: 1_200, failed: 0 });
    await expectCarriedOver(mirror);
  });

  test("after which Clerk starts over counts no user twice", async () => {
    await using mirror = await openMirror({ users: 1_200 });
    await using clerk = await between(mirror.clerk.url, async (question, ask) => {
      question.parameters.delete("starting_after");
      return ask();
    });
    const { report } = await mirror.run({}, { apiUrl: clerk.url });
    expect(report).toMatchObject({ state: "done", seen: 1_200, created: 1_200 });
  });
});

test("an empty page in the middle is not the end: no user is missing, and each is counted once", async () => {
  await using mirror = await openSettled();
  await mirror.age(2);
  const empty = new Set<string>();
  await using clerk = await between(mirror.clerk.url, async (question, ask) => {
    // Once in the walk, at its second page, and once in the pass over the changes, at its first.
    const pass =
      isWalks(question) && question.parameters.has("starting_after") ? "walk" : isChanges(question) && "changes";
    if (!pass || empty.has(pass)) return ask();
    empty.add(pass);
    return { status: 200, body: [] };
  });
  const { report } = await mirror.run({}, { apiUrl: clerk.url });
  expect(empty.size).toBe(2);
  expect(report).toMatchObject({ state: "done", seen: 520, unchanged: 520, missing: 0, tombstoned: 0 });
});

test("users in an unknown format are counted as failed, and all others are synced", async () => {
  await using mirror = await openMirror({ users: 20 });
  const spoilt = (page: unknown[]) => [
    null,
    { ...Object(page[0]), id: 7 },
    { ...Object(page[1]), email_addresses: "ann@example.com" },
    { ...Object(page[2]), created_at: "Monday" },
    ...page.slice(3),
  ];
  await using clerk = await between(mirror.clerk.url, async (question, ask) => {
    const { status, body } = await ask();
    return isWalks(question) && users.parse(body).length === 20 && !question.parameters.has("starting_after")
      ? { status, body: spoilt(users.parse(body)) }
      : { status, body };
  });
  const [, second, third] = await mirror.listed();
  const { report } = await mirror.run({}, { apiUrl: clerk.url });
  expect(report).toMatchObject({ state: "done", seen: 21, created: 17, failed: 4 });
  expect(seenIsTheSumOf(report)).toBe(report.seen);
  const unexpected = "Clerk's user object is not of the expected form";
  for (const [userId, reason] of [
    [second?.id, `${unexpected}: email_addresses`],
    [third?.id, `${unexpected}: created_at`],
    ["unknown", `${unexpected}: id`],
    ["unknown", `${unexpected}: user`],
  ]) {
    expect(report.errors).toContainEqual({ userId, code: "DATA_REJECTED", reason });
  }
  expect(JSON.stringify(report.errors), "a report contains no personal data").not.toMatch(/@|Monday/);
});

describe("users with invalid times", () => {
  const LAST_MOMENT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
  const NEWEST = 19;

  test.each([
    ["of 10^18, the newest", 1e18, NEWEST, 1],
    ["of 10^18, within a page", 1e18, 7, 1],
    ["of a millisecond and a half, the newest", 1.5, NEWEST, 1],
    ["of a millisecond and a half, within a page", 1.5, 7, 1],
    ["of the year 10000, within a page", LAST_MOMENT + 1, 7, 1],
    ["of a non-number, the newest", "Monday", NEWEST, 1],
    ["of a non-number, more of the newest than are read first", "Monday", 4, 16],
  ])("%s: are counted once as failed, and all others are synced", async (_, time, from, count) => {
    await using mirror = await openMirror({ users: 20 });
    const spoilt = (await mirror.listed()).slice(from, from + count).map(({ id }) => id);
    const isSpoilt = z.object({ id: z.enum(spoilt) });
    await using clerk = await between(mirror.clerk.url, async (question, ask) => {
      const answer = await ask();
      if (question.path !== "/v1/users") return answer;
      const body = users
        .parse(answer.body)
        .map((user) =>
          isSpoilt.safeParse(user).success ? { ...Object(user), created_at: time, updated_at: time } : user,
        );
      return { ...answer, body };
    });
    const { report } = await mirror.run({}, { apiUrl: clerk.url });
    expect(report).toMatchObject({ state: "done", seen: 20, created: 20 - count, failed: count });
    expect(report.errors.map(({ userId }) => userId).sort()).toEqual(spoilt.sort());
    expect((await mirror.run({ kind: "incremental" }, { apiUrl: clerk.url })).report.state).toBe("done");
  });
});

test("of many unusable users, the first hundred are named, and all are counted", async () => {
  await using mirror = await openMirror({ users: 150 });
  await using clerk = await between(mirror.clerk.url, async (question, ask) => {
    const { status, body } = await ask();
    if (!isWalks(question)) return { status, body };
    return { status, body: users.parse(body).map((user) => ({ ...Object(user), email_addresses: null })) };
  });
  const { report } = await mirror.run({}, { apiUrl: clerk.url });
  expect(report).toMatchObject({ state: "done", seen: 150, failed: 150, created: 0 });
  expect(report.errors).toHaveLength(100);
});
