import { expect, test } from "vitest";
import { openMirror } from "./mirror.ts";

test("a dry run writes nothing, and predicts what the run then does", async () => {
  await using mirror = await openMirror();
  await mirror.run();
  await mirror.age(2);
  const [ann, bob, eve, gone] = await mirror.listed();
  await mirror.control("PATCH", `/users/${ann?.id}`, { first_name: "Renamed" });
  await mirror.host.insertTombstones(bob?.id ?? "");
  await mirror.host.sql.query(`delete from "User" where id = $1`, [eve?.id]);
  await mirror.control("DELETE", `/users/${gone?.id}`);
  await mirror.signUp(3);
  const before = await mirror.host.versions();
  const foreseen = (await mirror.run({ dryRun: true })).report;
  expect(await mirror.host.versions()).toEqual(before);
  expect(foreseen).toMatchObject({
    dryRun: true,
    state: "done",
    seen: 522,
    created: 4,
    updated: 1,
    deleted: 1,
    unchanged: 516,
    missing: 1,
    tombstoned: 0,
  });
  const { created, updated, unchanged, outdated, deleted, failed, conflicts, missing, seen } = foreseen;
  const counts = { created, updated, unchanged, outdated, deleted, failed, conflicts, missing, seen };
  expect((await mirror.run()).report).toMatchObject({ ...counts, dryRun: false, tombstoned: 1 });
});

test("a dry run stores no high-water mark: an incremental run starts from the previous one", async () => {
  await using mirror = await openMirror({ users: 20 });
  await mirror.run();
  const [ann, bob] = await mirror.listed();
  const now = Date.now();
  await mirror.control("PATCH", `/users/${ann?.id}`, { first_name: "Renamed", updated_at: now - 20 * 60_000 });
  await mirror.control("PATCH", `/users/${bob?.id}`, { first_name: "Renamed", updated_at: now - 10 * 60_000 });
  await mirror.run({ dryRun: true });
  const incremental = await mirror.run({ kind: "incremental", dryRun: true });
  expect(incremental.report).toMatchObject({ kind: "incremental", dryRun: true, updated: 2 });
  expect((await mirror.run({ kind: "incremental" })).report).toMatchObject({ kind: "incremental", updated: 2 });
});

test("a dry run never waits for a confirmation", async () => {
  await using mirror = await openMirror({ users: 4 });
  await mirror.run();
  await mirror.age(2);
  await mirror.remove((await mirror.listed()).slice(1).map(({ id }) => id));
  expect((await mirror.run({ dryRun: true })).report).toMatchObject({ state: "done", missing: 3, tombstoned: 0 });
});

test("a dry run over an empty database says what would be created, and does not adopt the instance", async () => {
  await using mirror = await openMirror({ users: 20 });
  await using another = await openMirror({ users: 30 });
  const { url: apiUrl, secretKey } = another.clerk;
  const { report } = await mirror.run({ dryRun: true }, { apiUrl, secretKey });
  expect(report).toMatchObject({ state: "done", dryRun: true, seen: 30, created: 30, failed: 0 });
  expect((await mirror.host.sql.query(`select id from rollcall."ClerkInstance"`)).rows).toEqual([]);
  expect(await mirror.host.versions()).toEqual([]);
  expect((await mirror.run()).report).toMatchObject({ state: "done", seen: 20, created: 20 });
  expect((await mirror.host.sql.query(`select id from rollcall."ClerkInstance"`)).rows).toEqual([
    { id: mirror.clerk.instanceId },
  ]);
});

test("a dry run with another instance's key is refused", async () => {
  await using mirror = await openMirror({ users: 20 });
  await using another = await openMirror({ users: 30 });
  await mirror.run();
  const { url: apiUrl, secretKey } = another.clerk;
  await expect(mirror.run({ dryRun: true }, { apiUrl, secretKey })).rejects.toMatchObject({ code: "INSTANCE_REFUSED" });
});

test("a dry run cancels the one that a killed process left, and takes none of its pages", async () => {
  await using mirror = await openMirror();
  await mirror.control("POST", "/faults", { latencyMs: 500, path: "/v1/users" });
  const stop = new AbortController();
  const left = await mirror.run({
    dryRun: true,
    signal: stop.signal,
    onProgress: ({ report }) => report.seen > 0 && stop.abort(),
  });
  expect(left.report.state).toBe("running");
  await mirror.control("DELETE", "/faults");

  expect((await mirror.run({ dryRun: true })).report).toMatchObject({ state: "done", seen: 520 });
  const { report } = (await mirror.rollcall().runs.get(left.report.runId)) ?? {};
  expect(report).toMatchObject({ state: "cancelled", seen: left.report.seen });
});

test("a dry run needs no queue in the database", async () => {
  await using mirror = await openMirror({ users: 20 });
  await mirror.host.sql.query("drop schema rollcall_queue cascade");
  await mirror.run({ dryRun: true });
  expect(await mirror.host.sql.query(`select from pg_namespace where nspname = 'rollcall_queue'`)).toMatchObject({
    rows: [],
  });
});
