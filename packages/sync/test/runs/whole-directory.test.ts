import { describe, expect, test } from "vitest";
import { atScale } from "../rounds.ts";
import { between, counting } from "./between.ts";
import { expectCarriedOver, seenIsTheSumOf } from "./carried-over.ts";
import { emailOf, openMirror, openSettled } from "./mirror.ts";
import { rowsWritten } from "./rows-written.ts";

describe("a run over a directory of", () => {
  test.each([0, 1, 501, 1_200])("%i users syncs all users, and counts each once", async (count) => {
    await using mirror = await openMirror({ users: Math.max(2, count) });
    await mirror.remove((await mirror.listed()).slice(count).map(({ id }) => id));
    const { report, total, windows } = await mirror.run();
    expect(report).toMatchObject({ state: "done", seen: count, created: count, failed: 0, conflicts: 0, errors: [] });
    expect(report).toMatchObject({ kind: "full", dryRun: false, missing: 0, tombstoned: 0 });
    expect(total).toBe(count);
    expect(windows.map(({ pass }) => pass)).toEqual(["plan", "walk", "changes"]);
    await expectCarriedOver(mirror);
  });

  test.each([500, 1_100])("%i users who all signed up in the same millisecond syncs all users", async (count) => {
    await using mirror = await openMirror({ users: count });
    const ids = (await mirror.listed()).map(({ id }) => id);
    await mirror.change(ids, { created_at: Date.UTC(2026, 0, 1) });
    const { report } = await mirror.run();
    expect(report).toMatchObject({ state: "done", seen: count, created: count, failed: 0 });
    await expectCarriedOver(mirror);
  });

  test("20,000 users reads it in four windows of about the same size", async () => {
    const users = atScale(20_000, 2_000);
    await using mirror = await openMirror({ users });
    await using clerk = await between(mirror.clerk.url, counting(20_000 / users));
    const { report, total, windows } = await mirror.run({ workers: 4 }, { apiUrl: clerk.url });
    expect(report).toMatchObject({ state: "done", seen: users, created: users });
    expect(total).toBe(20_000);
    const walks = windows.filter(({ pass }) => pass === "walk");
    expect(walks).toHaveLength(4);
    for (const { seen } of walks) expect(Math.abs(seen - users / 4)).toBeLessThanOrEqual(users / 40);
    expect(walks.map(({ from, to }) => [from, to])).toEqual([
      [null, walks[1]?.from],
      [walks[0]?.to, walks[2]?.from],
      [walks[1]?.to, walks[3]?.from],
      [walks[2]?.to, null],
    ]);
    expect(report.clerkCalls).toBeLessThanOrEqual((users / 500) * 1.1 + 60);
  });
});

test("a run's report counts the calls that Clerk counted", async () => {
  await using mirror = await openMirror();
  const { report } = await mirror.run();
  expect(await mirror.control("GET", "/requests")).toMatchObject({ total: report.clerkCalls });
});

test("a second run finds all users unchanged, and writes only its checkpoints", async () => {
  await using mirror = await openSettled();
  await mirror.age(24);
  const before = { rows: await mirror.host.versions(), written: await rowsWritten(mirror.host) };
  const { report } = await mirror.run();
  expect(report).toMatchObject({ state: "done", seen: 520, unchanged: 520, created: 0, updated: 0, missing: 0 });
  expect({ rows: await mirror.host.versions(), written: await rowsWritten(mirror.host) }).toEqual(before);
});

test("a run syncs what changed, and finds the rest unchanged", async () => {
  await using mirror = await openSettled();
  const [ann, bob] = await mirror.listed();
  await mirror.control("PATCH", `/users/${ann?.id}`, { first_name: "Renamed" });
  await mirror.control("PATCH", `/users/${bob?.id}`, { email_addresses: [{ email_address: "moved@example.com" }] });
  await mirror.signUp(1);
  const { report } = await mirror.run();
  expect(report).toMatchObject({ state: "done", seen: 521, created: 1, updated: 2, unchanged: 518 });
  expect(seenIsTheSumOf(report)).toBe(report.seen);
  await expectCarriedOver(mirror);
});

test("a user without their address, because another user has it, is counted as a conflict", async () => {
  await using mirror = await openMirror({ users: 3 });
  const [ann, bob] = await mirror.listed();
  if (!ann) throw new Error("the seed is empty");
  await mirror.control("PATCH", `/users/${bob?.id}`, { email_addresses: [{ email_address: emailOf(ann) }] });
  expect((await mirror.run()).report).toMatchObject({ state: "done", seen: 3, created: 3, conflicts: 1 });
});

test("a tombstone is counted as deleted if Clerk still lists the user, and stays one", async () => {
  await using mirror = await openMirror({ users: 3 });
  const [ann] = await mirror.listed();
  await mirror.host.insertTombstones(ann?.id ?? "");
  expect((await mirror.run()).report).toMatchObject({ state: "done", seen: 3, created: 2, deleted: 1, missing: 0 });
  expect(await mirror.host.users()).toHaveLength(2);
});

test("a user that the database refuses is counted as failed with the SQLSTATE, and all others are synced", async () => {
  await using mirror = await openMirror({ users: 20 });
  const [ann] = await mirror.listed();
  await mirror.host.sql.query(`alter table "User" add constraint nobody check (id <> '${ann?.id}')`);
  expect((await mirror.run()).report).toMatchObject({
    state: "done",
    seen: 20,
    created: 19,
    failed: 1,
    errors: [{ userId: ann?.id, code: "DATA_REJECTED", reason: "SQLSTATE 23514" }],
  });
});

test("tables that cannot be written end the work before Clerk is asked", async () => {
  await using mirror = await openMirror({ users: 2 });
  await mirror.host.sql.query(`alter table "User" add column slug text not null`);
  await expect(mirror.run()).rejects.toMatchObject({ code: "SCHEMA_MISMATCH" });
  expect(await mirror.control("GET", "/requests")).toMatchObject({ total: 0 });
});
