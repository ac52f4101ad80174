import type { ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { RunReport, SyncError } from "../../src/index.ts";
import { answering } from "../clerk/answering.ts";
import { emailOf, type Mirror, openMirror } from "./mirror.ts";

const seenIsTheSumOf = ({ created, updated, unchanged, outdated, deleted, failed }: RunReport) =>
  created + updated + unchanged + outdated + deleted + failed;

async function expectCarriedOver({ host, clerk, listed }: Mirror): Promise<void> {
  const users = await listed();
  const emails = (rows: { id: string; email: string | null }[]) => new Map(rows.map(({ id, email }) => [id, email]));
  expect(emails(await host.users())).toEqual(new Map(users.map((user) => [user.id, emailOf(user)])));
  expect(new Set((await host.customers()).map((row) => row.authUserId))).toEqual(new Set(users.map(({ id }) => id)));
  for (const { instanceId } of await host.clerkUsers()) expect(instanceId).toBe(clerk.instanceId);
}

describe("a run over a directory of", () => {
  test.each([0, 1, 501, 1_200])("%i users carries everybody over, and counts everybody once", async (count) => {
    await using mirror = await openMirror({ users: Math.max(2, count) });
    for (const { id } of (await mirror.listed()).slice(count)) await mirror.control("DELETE", `/users/${id}`);
    await mirror.control("DELETE", "/requests");
    const report = await mirror.run();
    expect(report).toMatchObject({ state: "done", seen: count, created: count, failed: 0, conflicts: 0, errors: [] });
    expect(await mirror.control("GET", "/requests")).toMatchObject({ total: report.clerkCalls });
    await expectCarriedOver(mirror);
  });

  test("users who all came in the same millisecond carries everybody over", async () => {
    await using mirror = await openMirror({ users: 1_100 });
    const users = await mirror.listed();
    for (const { id } of users) await mirror.control("PATCH", `/users/${id}`, { created_at: Date.UTC(2026, 0, 1) });
    expect(await mirror.run()).toMatchObject({ state: "done", seen: 1_100, created: 1_100 });
    await expectCarriedOver(mirror);
  });
});

test("a second run finds everybody unchanged and writes nothing", async () => {
  await using mirror = await openMirror();
  await mirror.run();
  const before = await mirror.host.versions();
  expect(await mirror.run()).toMatchObject({ state: "done", seen: 1_200, unchanged: 1_200, created: 0, updated: 0 });
  expect(await mirror.host.versions()).toEqual(before);
});

test("a run carries over what changed, and finds the rest unchanged", async () => {
  await using mirror = await openMirror();
  await mirror.run();
  const [ann, bob] = await mirror.listed();
  await mirror.control("PATCH", `/users/${ann?.id}`, { first_name: "Renamed" });
  await mirror.control("PATCH", `/users/${bob?.id}`, { email_addresses: [{ email_address: "moved@example.com" }] });
  const {
    userIds: [newcomer],
  } = z.object({ userIds: z.array(z.string()) }).parse(await mirror.control("POST", "/users", { count: 1 }));
  const report = await mirror.run();
  expect(report).toMatchObject({ state: "done", seen: 1_201, created: 1, updated: 2, unchanged: 1_198 });
  expect(seenIsTheSumOf(report)).toBe(report.seen);
  expect((await mirror.host.users()).find(({ id }) => id === newcomer)).toBeDefined();
  await expectCarriedOver(mirror);
});

test("a user without the address, since another one has it, is counted as a conflict", async () => {
  await using mirror = await openMirror({ users: 3 });
  const [ann, bob] = await mirror.listed();
  if (!ann) throw new Error("the seed is empty");
  await mirror.control("PATCH", `/users/${bob?.id}`, { email_addresses: [{ email_address: emailOf(ann) }] });
  expect(await mirror.run()).toMatchObject({ state: "done", seen: 3, created: 3, conflicts: 1 });
});

test("a tombstone is counted as deleted where Clerk still lists the user, and stays one", async () => {
  await using mirror = await openMirror({ users: 3 });
  const [ann] = await mirror.listed();
  await mirror.host.bury(ann?.id ?? "");
  expect(await mirror.run()).toMatchObject({ state: "done", seen: 3, created: 2, deleted: 1 });
  expect(await mirror.host.users()).toHaveLength(2);
});

test("users whom Clerk no longer lists keep their rows: a list denies nobody", async () => {
  await using mirror = await openMirror({ users: 20 });
  await mirror.run();
  const gone = (await mirror.listed()).slice(5, 10);
  for (const { id } of gone) await mirror.control("DELETE", `/users/${id}`);
  const before = await mirror.host.versions();
  expect(await mirror.run()).toMatchObject({ state: "done", seen: 15, unchanged: 15, deleted: 0 });
  expect(await mirror.host.versions()).toEqual(before);
});

test("a dry run writes nothing, and foresees what the run then does", async () => {
  await using mirror = await openMirror();
  await mirror.run();
  const [ann, bob, eve] = await mirror.listed();
  await mirror.control("PATCH", `/users/${ann?.id}`, { first_name: "Renamed" });
  await mirror.host.bury(bob?.id ?? "");
  await mirror.host.sql.query(`delete from "User" where id = $1`, [eve?.id]);
  await mirror.host.sql.query(`update "ClerkUser" set "checkedAt" = "updatedAt" where id = $1`, [eve?.id]);
  await mirror.control("POST", "/users", { count: 3 });
  const before = await mirror.host.versions();
  const foreseen = await mirror.run({ dryRun: true });
  expect(await mirror.host.versions()).toEqual(before);
  const { runId, dryRun, durationMs, ...counts } = foreseen;
  expect(foreseen).toMatchObject({ dryRun: true, created: 4, updated: 1, deleted: 1, unchanged: 1_197 });
  expect(await mirror.run()).toMatchObject({ ...counts, dryRun: false });
});

describe("a run that is told to stop", () => {
  test("ends after the page in hand, keeps what it carried over, and the next one finishes the work", async () => {
    await using mirror = await openMirror();
    const interrupt = new AbortController();
    const report = await mirror.run({
      signal: interrupt.signal,
      onProgress: ({ seen }) => {
        if (seen > 0) interrupt.abort();
      },
    });
    expect(report).toMatchObject({ state: "cancelled", seen: 500, created: 500 });
    expect(await mirror.host.users()).toHaveLength(500);
    expect(await mirror.run()).toMatchObject({ state: "done", seen: 1_200, created: 700, unchanged: 500 });
  });

  test("does not wait for the end of a pause", async () => {
    await using mirror = await openMirror({ users: 2 });
    await mirror.control("POST", "/faults", { status: 429, retryAfter: 3_600 });
    const interrupt = new AbortController();
    const report = await mirror.run({ signal: interrupt.signal, onPause: () => interrupt.abort() });
    expect(report).toMatchObject({ state: "cancelled", seen: 0 });
  });
});

test("a user who is deleted at Clerk while the run stands there is in nobody's way", async () => {
  await using mirror = await openMirror();
  const users = await mirror.listed();
  const report = await mirror.run({
    onProgress: async ({ seen }) => {
      if (seen === 500 || seen === 1_000) await mirror.control("DELETE", `/users/${users[seen - 1]?.id}`);
    },
  });
  expect(report).toMatchObject({ state: "done", seen: 1_200, created: 1_200, failed: 0 });
  expect(await mirror.host.users()).toHaveLength(1_200);
});

test("progress is told at the start and after each page, with how many there are", async () => {
  await using mirror = await openMirror();
  const told: [number, number][] = [];
  await mirror.run({ onProgress: ({ seen }, total) => void told.push([seen, total]) });
  expect(told.slice(0, 4)).toEqual([
    [0, 1_200],
    [500, 1_200],
    [1_000, 1_200],
    [1_200, 1_200],
  ]);
});

describe("where Clerk is in trouble", () => {
  test.each<[string, object, SyncError["code"], number]>([
    ["a quota that is used up is waited for", { status: 429, retryAfter: 1 }, "CLERK_RATE_LIMITED", 1_000],
    [
      "a quota that is free again at once is not asked for too soon",
      { status: 429, retryAfter: 0 },
      "CLERK_RATE_LIMITED",
      500,
    ],
    ["an error of Clerk's is no end", { status: 500 }, "CLERK_ERROR", 1_000],
    ["a connection that is reset is no end", { resetRate: 1 }, "CLERK_UNREACHABLE", 1_000],
  ])("%s: the run pauses, says why, and goes on to the end", async (_, fault, code, ms) => {
    await using mirror = await openMirror({ users: 20 });
    const pauses: { code: string; ms: number }[] = [];
    await mirror.control("POST", "/faults", { path: "/v1/users", times: 1, ...fault });
    const report = await mirror.run({ onPause: ({ code }, ms) => void pauses.push({ code, ms }) });
    expect(report).toMatchObject({ state: "done", seen: 20, created: 20 });
    expect(pauses).toEqual([{ code, ms }]);
  });

  test("a key that Clerk does not know ends the run at once, and its row says so", async () => {
    await using mirror = await openMirror({ users: 2 });
    await expect(mirror.run({}, { secretKey: "sk_live_another" })).rejects.toMatchObject({
      name: "SyncError",
      code: "CLERK_UNAUTHORIZED",
    });
    const { rows } = await mirror.host.sql.query(`select state, "endedAt" is not null as ended from "SyncRun"`);
    expect(rows).toEqual([{ state: "failed", ended: true }]);
    expect(await mirror.host.users()).toEqual([]);
  });

  test("users whom Clerk describes in no known way are counted as failed, and everybody else is carried over", async () => {
    await using mirror = await openMirror({ users: 20 });
    const { clerk } = mirror;
    const spoilt = (users: unknown[]) => [
      null,
      { ...Object(users[0]), id: 7 },
      { ...Object(users[1]), email_addresses: "ann@example.com" },
      ...users.slice(2),
    ];
    await using proxy = await answering(async ({ url = "", headers }, response: ServerResponse) => {
      const answered = await fetch(new URL(url, clerk.url), {
        headers: { authorization: headers.authorization ?? "" },
      });
      const body: unknown = await answered.json();
      response.writeHead(200, { "content-type": "application/json", date: answered.headers.get("date") ?? "" });
      response.end(JSON.stringify(Array.isArray(body) && body.length === 20 ? spoilt(body) : body));
    });
    const [, second] = await mirror.listed();
    const report = await mirror.run({}, { apiUrl: proxy.url });
    expect(report).toMatchObject({ state: "done", created: 18 });
    expect(seenIsTheSumOf(report)).toBe(report.seen);
    expect(report.errors).toContainEqual({
      userId: second?.id,
      code: "DATA_REJECTED",
      reason: "Clerk's user object is not of the expected form: email_addresses",
    });
    expect(JSON.stringify(report.errors), "a report holds nothing personal").not.toContain("@");
    expect(await mirror.host.users()).toHaveLength(18);
  });

  test("a place that is not Clerk's API ends the run at once", async () => {
    await using mirror = await openMirror({ users: 2 });
    await using website = await answering((_, response) => response.writeHead(404).end("<html>Not found</html>"));
    await expect(mirror.run({}, { apiUrl: website.url })).rejects.toMatchObject({ code: "CLERK_ERROR" });
  });
});

test("tables that cannot be written end the run before Clerk is asked", async () => {
  await using mirror = await openMirror({ users: 2 });
  await mirror.host.sql.query(`alter table "User" add column slug text not null`);
  await expect(mirror.run()).rejects.toMatchObject({ code: "SCHEMA_MISMATCH" });
  expect(await mirror.control("GET", "/requests")).toMatchObject({ total: 0 });
});

test("a user whom the database will not have is counted as failed with the SQLSTATE, and everybody else is carried over", async () => {
  await using mirror = await openMirror({ users: 20 });
  const [ann] = await mirror.listed();
  await mirror.host.sql.query(`alter table "User" add constraint nobody check (id <> '${ann?.id}')`);
  const report = await mirror.run();
  expect(report).toMatchObject({
    state: "done",
    seen: 20,
    created: 19,
    failed: 1,
    errors: [{ userId: ann?.id, code: "DATA_REJECTED", reason: "SQLSTATE 23514" }],
  });
});
