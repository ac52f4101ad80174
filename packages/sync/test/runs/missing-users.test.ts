import { describe, expect, test } from "vitest";
import { z } from "zod/v4";
import { type Answer, between, failing, isChanges, isWalks } from "./between.ts";
import { type Mirror, openSettled } from "./mirror.ts";

/** A settled mirror: all users were synced two hours ago. */
async function openAged(users: number): Promise<Mirror> {
  const mirror = await openSettled(users);
  await mirror.age(2);
  return mirror;
}

/** Deletes users at Clerk, as if the webhook had been lost. @returns their ids */
async function deleteAtClerk(mirror: Mirror, from: number, count: number): Promise<string[]> {
  const ids = (await mirror.listed()).slice(from, from + count).map(({ id }) => id);
  await mirror.remove(ids);
  return ids;
}

const buryByWebhook = ({ host, clerk: { instanceId } }: Mirror, id: string) =>
  host.writePath.applyDeletions([id], { instanceId, deletedBy: "webhook" });

const tombstones = async ({ host }: Mirror): Promise<string[]> =>
  (await host.clerkUsers()).filter(({ deletedBy }) => deletedBy === "run").map(({ id }) => id);

const journal = z.object({ byRoute: z.object({ "GET /v1/users/:id": z.number().default(0) }) });
const askedById = async (mirror: Mirror): Promise<number> =>
  journal.parse(await mirror.control("GET", "/requests")).byRoute["GET /v1/users/:id"];

describe("a user who is missing at Clerk", () => {
  test("becomes a tombstone dated by Clerk's response, after a request by id", async () => {
    await using mirror = await openAged(100);
    // The oldest, one in the middle and the newest.
    const gone = [
      ...(await deleteAtClerk(mirror, 99, 1)),
      ...(await deleteAtClerk(mirror, 50, 1)),
      ...(await deleteAtClerk(mirror, 0, 1)),
    ].sort();
    await mirror.control("DELETE", "/requests");
    const before = Math.floor(Date.now() / 1_000) * 1_000;
    const { report, windows } = await mirror.run();
    expect(report).toMatchObject({ state: "done", seen: 97, unchanged: 97, missing: 3, tombstoned: 3 });
    expect(windows.map(({ pass }) => pass)).toEqual(["plan", "walk", "changes", "missing"]);
    expect(await askedById(mirror)).toBe(3);
    expect(await mirror.control("GET", "/requests")).toMatchObject({ total: report.clerkCalls });
    const rows = (await mirror.host.clerkUsers()).filter(({ deletedBy }) => deletedBy !== null);
    expect(rows.map(({ id }) => id).sort()).toEqual(gone);
    for (const row of rows) {
      expect(row).toMatchObject({ deletedBy: "run", email: null, name: null, image: null });
      expect(row.checkedAt).toBeGreaterThanOrEqual(before);
      expect(row.checkedAt).toBeLessThanOrEqual(Date.now());
    }
    expect((await mirror.run()).report).toMatchObject({ state: "done", seen: 97, missing: 0, tombstoned: 0 });
  });

  test("is kept if the row was written within the hour: Clerk's replicas lag", async () => {
    await using mirror = await openAged(100);
    await deleteAtClerk(mirror, 50, 3);
    await mirror.age(-1.5);
    const before = await mirror.host.versions();
    expect((await mirror.run()).report).toMatchObject({ state: "done", seen: 97, unchanged: 97, missing: 0 });
    expect(await mirror.host.versions()).toEqual(before);
    expect(await askedById(mirror)).toBe(0);
  });

  test("is counted by a dry run, which asks Clerk about no user and writes nothing", async () => {
    await using mirror = await openAged(100);
    await deleteAtClerk(mirror, 50, 3);
    const before = await mirror.host.versions();
    const { report } = await mirror.run({ dryRun: true });
    expect(report).toMatchObject({ state: "done", seen: 97, missing: 3, tombstoned: 0 });
    expect(await mirror.host.versions()).toEqual(before);
    expect(await askedById(mirror)).toBe(0);
  });

  test("that a webhook deletes before the run asks is no longer missing, and not requested", async () => {
    await using mirror = await openAged(100);
    const [gone = "", other] = await deleteAtClerk(mirror, 50, 2);
    await using clerk = await between(mirror.clerk.url, async (question, ask) => {
      if (isChanges(question)) await buryByWebhook(mirror, gone);
      return ask();
    });
    const { report } = await mirror.run({}, { apiUrl: clerk.url });
    expect(report).toMatchObject({ state: "done", missing: 1, tombstoned: 1 });
    expect(await askedById(mirror)).toBe(1);
    expect(await tombstones(mirror)).toEqual([other]);
  });

  test("that a webhook deletes while the run asks is counted once, as the webhook's", async () => {
    await using mirror = await openAged(100);
    const [gone = ""] = await deleteAtClerk(mirror, 50, 1);
    await using clerk = await between(mirror.clerk.url, async (question, ask) => {
      if (question.path === `/v1/users/${gone}`) await buryByWebhook(mirror, gone);
      return ask();
    });
    const { report } = await mirror.run({}, { apiUrl: clerk.url });
    expect(report).toMatchObject({ state: "done", missing: 1 });
    const row = (await mirror.host.clerkUsers()).find(({ id }) => id === gone);
    expect(row?.deletedBy).toBe("webhook");
  });
});

describe("a missing user that is requested from Clerk", () => {
  test.each<[string, Answer]>([
    ["a response in an unknown format", { status: 200, body: { id: 7 } }],
    ["a response about another user", { status: 200, body: { id: "user_Other" } }],
    ["a refusal that is not about the user", failing(422)],
  ])("with %s stays unchanged and missing, and the others are checked", async (_, unusable) => {
    await using mirror = await openAged(100);
    const [left = "", ...others] = await deleteAtClerk(mirror, 50, 3);
    await using clerk = await between(mirror.clerk.url, async (question, ask) =>
      question.path === `/v1/users/${left}` ? unusable : ask(),
    );
    const { report } = await mirror.run({}, { apiUrl: clerk.url });
    expect(report).toMatchObject({ state: "done", missing: 3, tombstoned: 2 });
    expect((await tombstones(mirror)).sort()).toEqual(others.sort());
    expect((await mirror.run()).report).toMatchObject({ state: "done", missing: 1, tombstoned: 1 });
    expect(await tombstones(mirror)).toContain(left);
  });

  test.each<[string, Answer]>([
    ["an error at Clerk", failing(500)],
    ["a 404 of a proxy", failing(404)],
    ["a used-up quota", failing(429, { "retry-after": "0" })],
  ])("is requested again after %s", async (_, answer) => {
    await using mirror = await openAged(100);
    const [gone] = await deleteAtClerk(mirror, 50, 3);
    let failures = 0;
    await using clerk = await between(mirror.clerk.url, async (question, ask) =>
      question.path === `/v1/users/${gone}` && failures++ === 0 ? answer : ask(),
    );
    const { report } = await mirror.run({}, { apiUrl: clerk.url });
    expect(failures).toBe(2);
    expect(report).toMatchObject({ state: "done", missing: 3, tombstoned: 3 });
  });
});

test("a user that Clerk does not list but still knows stays alive", async () => {
  await using mirror = await openAged(100);
  const [, hidden] = await mirror.listed();
  await using clerk = await between(mirror.clerk.url, async (question, ask) => {
    const { status, body } = await ask();
    const isHidden = z.object({ id: z.literal(hidden?.id) });
    return question.path === "/v1/users"
      ? {
          status,
          body: z
            .array(z.unknown())
            .parse(body)
            .filter((user) => !isHidden.safeParse(user).success),
        }
      : { status, body };
  });
  const { report } = await mirror.run({}, { apiUrl: clerk.url });
  expect(report).toMatchObject({ state: "done", seen: 99, missing: 0, tombstoned: 0 });
  expect(await askedById(mirror)).toBe(1);
  expect(await tombstones(mirror)).toEqual([]);
});

test("a row that was never synced is never changed by a run", async () => {
  await using mirror = await openAged(20);
  await mirror.host.sql.query(
    `insert into "User" (id, email, name, "updatedAt") values ('user_ofanearlierscript', 'ann@example.org', 'Ann', now())`,
  );
  const row = async () => (await mirror.host.versions()).find(({ id }) => id === "user_ofanearlierscript");
  const before = await row();
  expect((await mirror.run()).report).toMatchObject({ state: "done", missing: 0, tombstoned: 0 });
  expect(await row()).toEqual(before);
});

test("of users who are deleted while the run walks, it finds those ahead of it, and the next run the others", async () => {
  await using mirror = await openAged(520);
  let gone: string[] = [];
  await using clerk = await between(mirror.clerk.url, async (question, ask) => {
    if (isWalks(question) && question.parameters.has("starting_after") && gone.length === 0) {
      gone = [...(await deleteAtClerk(mirror, 100, 5)), ...(await deleteAtClerk(mirror, 505, 5))];
    }
    return ask();
  });
  const first = await mirror.run({}, { apiUrl: clerk.url });
  expect(first.report).toMatchObject({ state: "done", seen: 515, missing: 5, tombstoned: 5 });
  const second = await mirror.run();
  expect(second.report).toMatchObject({ state: "done", seen: 510, missing: 5, tombstoned: 5 });
  expect((await tombstones(mirror)).sort()).toEqual(gone.sort());
});
