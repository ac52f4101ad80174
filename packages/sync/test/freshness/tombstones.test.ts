import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { defaultTables } from "../../src/database/tables.ts";
import { type Caller, createRollcall, type Database } from "../../src/index.ts";
import { recordStatement } from "../../src/write-path/statements/contended.ts";
import { createWritePath } from "../../src/write-path/write-path.ts";
import { type Instance, startInstance } from "../instance/start-instance.ts";
import { at, type Host, openHost, snapshot } from "../write-path/host.ts";
import { pausedAfter } from "../write-path/paused.ts";

let host: Host;
let instance: Instance;
let id: string;
beforeAll(async () => {
  host = await openHost();
  instance = await startInstance(host.prisma);
});
beforeEach(async () => {
  await host.clear();
  instance.restart();
  id = await instance.newUser();
  await instance.rollcall.syncUser(id);
  await instance.askedForUsers();
});
afterAll(async () => {
  await instance[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
});

const DENIED = at(10);
const later: Date = at(11);

const insertTombstones = (deletedBy: "webhook" | "run", checkedAt: Date | null = DENIED) =>
  instance.rollcall.applyDeletions([id], { instanceId: instance.clerk.instanceId, deletedBy, checkedAt });
const caller = (tokenIssuedAt: Date): Caller => ({ userId: id, tokenIssuedAt, userUpdatedAt: null, role: null });
const call = async (tokenIssuedAt: Date) => (await instance.rollcall.ensureFresh(caller(tokenIssuedAt))).state;
const tombstone = async () => (await host.clerkUsers()).find((row) => row.id === id)?.deletedBy ?? null;
const shown = async () => (await host.users()).find((row) => row.id === id);

describe.each([
  ["an implicit call", (issued: Date) => instance.rollcall.ensureFresh(caller(issued))],
  ["syncMe", (issued: Date) => instance.rollcall.syncMe(caller(issued))],
])("by %s", (_, sync) => {
  test("a run's tombstone is lifted if Clerk knows the user and their token is later than its 404", async () => {
    const before = await shown();
    await insertTombstones("run");
    expect((await shown())?.name).toBeNull();
    await sync(later);
    expect(await tombstone()).toBeNull();
    expect(await shown()).toEqual(before);
  });

  test("a run's tombstone is lifted by any token if Clerk's 404 had no date", async () => {
    await insertTombstones("run", null);
    await sync(at(-100));
    expect(await tombstone()).toBeNull();
  });

  test.each([
    ["an earlier token", "run", at(9)],
    ["a token of the same second", "run", DENIED],
    ["any token, if it came from a signed webhook", "webhook", new Date(Date.now() + 60_000)],
  ] as const)("a tombstone is not lifted by %s, and Clerk is not asked", async (_, deletedBy, issued) => {
    await insertTombstones(deletedBy);
    const before = await host.versions();
    await sync(issued).then(
      (answer) => expect(answer).toEqual({ state: "deleted" }),
      (error) => expect(error).toMatchObject({ code: "USER_DELETED" }),
    );
    expect(await host.versions()).toEqual(before);
    expect(await instance.askedForUsers()).toBe(0);
  });

  test("a tombstone stays if Clerk denies the user again, and the caller is refused as deleted", async () => {
    await insertTombstones("run");
    await instance.deleteUser(id);
    await sync(later).then(
      (answer) => expect(answer).toEqual({ state: "deleted" }),
      (error) => expect(error).toMatchObject({ code: "USER_DELETED" }),
    );
    expect(await tombstone()).toBe("run");
  });

  test.each([
    ["a signed webhook has confirmed", "webhook", null],
    ["a later run has renewed", "run", at(20)],
  ] as const)("a tombstone that %s in between stays", async (_, deletedBy, checkedAt) => {
    await insertTombstones("run");
    const { instanceId } = instance.clerk;
    // It arrives after Clerk has answered, and before the answer is applied.
    const overtaken: Database = {
      query: host.db.query,
      async transaction(work, limits) {
        await host.writePath.applyDeletions([id], { instanceId, deletedBy, checkedAt });
        return host.db.transaction(work, limits);
      },
    };
    const { secretKey, url: apiUrl } = instance.clerk;
    instance.rollcall = createRollcall({ db: overtaken, clerk: { secretKey, apiUrl } });
    await sync(later).catch(() => {});
    expect(await tombstone()).not.toBeNull();
    expect((await shown())?.name).toBeNull();
  });
});

test("lifting a tombstone waits for its turn, like every write that may affect another user", async () => {
  await insertTombstones("run");
  const paused = pausedAfter(host.db, recordStatement(defaultTables));
  const rivals = ["user_Ann", "user_Bob"].map((name) => snapshot(name, { email: "one@example.com" }));
  const writing = createWritePath(paused.db, defaultTables).applySnapshots(rivals);
  await paused.reached;
  const reviving = instance.rollcall.syncUser(id, { revive: true });
  await Promise.race([host.untilBlocked(), reviving]);
  expect(await tombstone()).toBe("run");
  paused.resume();
  await Promise.all([writing, reviving]);
  expect(await tombstone()).toBeNull();
});

test("after a tombstone was lifted, the next call needs no I/O", async () => {
  await insertTombstones("run");
  expect(await instance.rollcall.ensureFresh(caller(later))).toMatchObject({ state: "fresh", source: "clerk" });
  expect(await instance.rollcall.ensureFresh(caller(later))).toMatchObject({ state: "fresh", source: "memory" });
});

test("a 404 is remembered: another call is refused, and Clerk is not asked", async () => {
  await insertTombstones("run");
  await instance.deleteUser(id);
  for (let calls = 0; calls < 5; calls++) expect(await call(later)).toBe("deleted");
  expect(await instance.askedForUsers()).toBe(1);
});

test("while Clerk is down, the tombstone stays, and syncMe says that Clerk does not answer", async () => {
  await insertTombstones("run");
  await instance.fail({ status: 500, path: "/v1/users" });
  expect(await call(later)).toBe("deleted");
  await expect(instance.rollcall.syncMe(caller(later))).rejects.toMatchObject({ code: "CLERK_ERROR" });
  await instance.endFaults();
  expect(await call(later)).toBe("fresh");
});

describe("syncing a user by id", () => {
  test.each(["run", "webhook"] as const)("keeps the tombstone of a %s, and reports it", async (deletedBy) => {
    await insertTombstones(deletedBy);
    expect(await instance.rollcall.syncUser(id)).toEqual({ id, outcome: "deleted", conflict: false });
    expect(await tombstone()).toBe(deletedBy);
  });

  test.each(["run", "webhook"] as const)("may revive them from the tombstone of a %s", async (deletedBy) => {
    const before = await shown();
    await insertTombstones(deletedBy);
    expect(await instance.rollcall.syncUser(id, { revive: true })).toMatchObject({ outcome: "updated" });
    expect(await tombstone()).toBeNull();
    expect(await shown()).toEqual(before);
  });

  test("does not revive a user that Clerk does not know", async () => {
    await insertTombstones("webhook");
    await instance.deleteUser(id);
    await expect(instance.rollcall.syncUser(id, { revive: true })).rejects.toMatchObject({ code: "USER_NOT_FOUND" });
    expect(await tombstone()).toBe("webhook");
  });

  test("does not revive a user while Clerk is down", async () => {
    await insertTombstones("webhook");
    await instance.fail({ status: 500, path: "/v1/users" });
    await expect(instance.rollcall.syncUser(id, { revive: true })).rejects.toMatchObject({ code: "CLERK_ERROR" });
    await instance.endFaults();
    expect(await tombstone()).toBe("webhook");
  });

  test("changes nothing when it revives a live user", async () => {
    expect(await instance.rollcall.syncUser(id, { revive: true })).toMatchObject({ outcome: "unchanged" });
  });
});
