import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Snapshot } from "../../src/index.ts";
import { createWritePath } from "../../src/write-path/write-path.ts";
import { startInstance } from "../instance/start-instance.ts";
import { at, type Host, INSTANCE, openHost, snapshot } from "../write-path/host.ts";
import { ago, deliverAll, handle, outbox } from "./outbox.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let host: Host;
beforeAll(async () => {
  host = await openHost();
});
beforeEach(() => host.clear());
afterAll(() => host[Symbol.asyncDispose]());

/** A user who signed up some time ago. */
const signedUp = (id: string, msAgo = MINUTE, differences: Partial<Snapshot> = {}) =>
  snapshot(id, { createdAt: ago(msAgo), ...differences });

/** Every snapshot takes the slow path: two of the batch claim the same address. */
const contended = (user: Snapshot) => host.apply(user, snapshot("user_Rival", { email: user.email }));

describe("user.created", () => {
  test.each([
    ["in the fast path", (user: Snapshot) => host.apply(user)],
    ["in the slow path", contended],
  ])("is added with the first row of a user who signed up after the start, %s", async (_, apply) => {
    await handle(host);
    await apply(signedUp("user_Ann"));
    expect(await outbox(host)).toEqual({ user_Ann: ["user.created"] });
  });

  test("its key is made of Clerk's time, so that a restored backup does not change it", async () => {
    await handle(host);
    const user = signedUp("user_Ann");
    await host.apply(user);
    const { rows } = await host.sql.query(`select version from rollcall."SyncEffect"`);
    expect(rows).toEqual([{ version: String(user.createdAt.getTime()) }]);
  });

  test.each([
    ["who signed up before the start", { signedUpBefore: 2 * 60 * MINUTE, startedBefore: 60 * MINUTE }],
    ["who signed up more than a week ago", { signedUpBefore: 8 * DAY, startedBefore: 30 * DAY }],
  ])("is not added for a user %s: a first import adds no one", async (_, { signedUpBefore, startedBefore }) => {
    await handle(host, ["user.created"], { since: ago(startedBefore) });
    await host.apply(signedUp("user_Ann", signedUpBefore));
    await contended(signedUp("user_Bob", signedUpBefore));
    expect(await outbox(host)).toEqual({});
  });

  test("is added once, however often and in whatever order the user arrives", async () => {
    await handle(host);
    const user = signedUp("user_Ann");
    await Promise.all(Array.from({ length: 8 }, () => host.apply(user)));
    await deliverAll(host);
    await host.apply({ ...user, name: "Other", updatedAt: at(1), checkedAt: at(1) });
    await host.apply(user);
    const { rows } = await host.sql.query(`select from rollcall."SyncEffect" where type = 'user.created'`);
    expect(rows).toHaveLength(1);
  });

  test("is not added again for a user who was deleted and brought back, or whose row was lost", async () => {
    await handle(host, ["user.created"]);
    const user = signedUp("user_Ann");
    await host.apply(user);
    await deliverAll(host);
    await host.insertTombstones("user_Ann");
    await host.writePath.liftTombstone("user_Ann", "revive");
    await host.apply(user);
    await host.sql.query(`delete from rollcall."ClerkUser"; delete from "User"`);
    await host.apply(user);
    const { rows } = await host.sql.query(`select "doneVersion" = version as done from rollcall."SyncEffect"`);
    expect(rows).toEqual([{ done: true }]);
  });

  test("is added by a process without handlers: the database decides", async () => {
    await handle(host);
    await createWritePath(host.db, host.tables).applySnapshots([signedUp("user_Ann")]);
    expect(await outbox(host)).toEqual({ user_Ann: ["user.created"] });
  });

  test("is rolled back with the row if the write fails", async () => {
    await handle(host);
    await host.sql.query(`alter table "User" add constraint no_ann check (name <> 'Ann') not valid`);
    expect(await host.apply(signedUp("user_Ann"))).toMatchObject([{ outcome: "failed" }]);
    expect(await contended(signedUp("user_Ann"))).toContainEqual(expect.objectContaining({ outcome: "failed" }));
    expect(await outbox(host)).toEqual({});
    await host.sql.query(`alter table "User" drop constraint no_ann`);
  });

  test("without a handled type nothing is added", async () => {
    await host.apply(signedUp("user_Ann"));
    await host.apply(signedUp("user_Ann", MINUTE, { name: "Other", updatedAt: at(1) }));
    await host.insertTombstones("user_Ann");
    expect(await outbox(host)).toEqual({});
  });
});

describe("user.updated", () => {
  beforeEach(async () => {
    await handle(host, ["user.updated"]);
    await host.apply(snapshot("user_Ann"), snapshot("user_Bob"));
    expect(await outbox(host)).toEqual({});
  });

  test.each([
    ["in the fast path", (user: Snapshot) => host.apply(user)],
    ["in the slow path", contended],
  ])("is added if a column of the row changed, %s", async (_, apply) => {
    await apply(snapshot("user_Ann", { name: "Other", updatedAt: at(1) }));
    expect(await outbox(host)).toEqual({ user_Ann: ["user.updated"] });
  });

  test.each([
    ["in the fast path", (user: Snapshot) => host.apply(user)],
    ["in the slow path", contended],
  ])("is not added if Clerk's user changed in what the row does not show, %s", async (_, apply) => {
    await apply(snapshot("user_Ann", { updatedAt: at(1) }));
    expect(await outbox(host)).toEqual({});
  });

  test("is added for both if one user's address becomes another's", async () => {
    await host.apply(
      snapshot("user_Ann", { email: "bob@example.com", emailSince: at(1), emailVerifiedAt: at(1), updatedAt: at(1) }),
    );
    expect(await outbox(host)).toEqual({ user_Ann: ["user.updated"], user_Bob: ["user.updated"] });
  });

  test("is added for the heir of a deleted user's address", async () => {
    await host.apply(snapshot("user_Heir", { email: "ann@example.com", emailVerifiedAt: null }));
    await host.insertTombstones("user_Ann");
    expect(await outbox(host)).toEqual({ user_Heir: ["user.updated"] });
  });

  test("is added if the application's row was lost and is made again", async () => {
    await host.sql.query(`delete from "User" where id in ('user_Ann', 'user_Bob')`);
    await host.apply(snapshot("user_Ann", { updatedAt: at(1) }));
    await contended(snapshot("user_Bob", { updatedAt: at(1) }));
    expect(await outbox(host)).toEqual({ user_Ann: ["user.updated"], user_Bob: ["user.updated"] });
  });

  test("is not added by the first sync of a row that was there before: a first import reports no one", async () => {
    await host.sql.query(
      host.mapping === "own ids"
        ? `insert into "User" (pk, id, name) values (gen_random_uuid(), 'user_Old', 'Old'), (gen_random_uuid(), 'user_Elder', 'Old')`
        : `insert into "User" (id, name) values ('user_Old', 'Outdated'), ('user_Elder', 'Outdated')`,
    );
    await host.apply(snapshot("user_Old"));
    await contended(snapshot("user_Elder"));
    expect(await outbox(host)).toEqual({});
  });

  test("several changes before the delivery are one effect with the newest version, due when the first was", async () => {
    const read = async () =>
      (await host.sql.query(`select version::int8, "runAt" from rollcall."SyncEffect" where "userId" = 'user_Ann'`))
        .rows;
    await host.apply(snapshot("user_Ann", { name: "One", updatedAt: at(1) }));
    const [first] = await read();
    await host.apply(snapshot("user_Ann", { name: "Two", updatedAt: at(2) }));
    const [second, ...others] = await read();
    expect(others).toEqual([]);
    expect(BigInt(second.version)).toBeGreaterThan(BigInt(first.version));
    expect(second.runAt).toEqual(first.runAt);
  });

  test("a change after the delivery has a key of its own", async () => {
    await host.apply(snapshot("user_Ann", { name: "One", updatedAt: at(1) }));
    await deliverAll(host);
    await host.apply(snapshot("user_Ann", { name: "Two", updatedAt: at(2) }));
    const { rows } = await host.sql.query(`select version > "doneVersion" as due from rollcall."SyncEffect"`);
    expect(rows).toEqual([{ due: true }]);
  });
});

describe("user.deleted", () => {
  beforeEach(() => handle(host, ["user.deleted"], { delayMs: DAY }));

  test("is added with the tombstone of a user who was there, once, and due after its delay", async () => {
    await host.apply(snapshot("user_Ann"));
    await host.insertTombstones("user_Ann");
    await host.insertTombstones("user_Ann");
    const { rows } = await host.sql.query(
      `select type, "userId", "runAt" > clock_timestamp() + interval '23 hours' as later from rollcall."SyncEffect"`,
    );
    expect(rows).toEqual([{ type: "user.deleted", userId: "user_Ann", later: true }]);
  });

  test("a repeated deletion does not add it again, even after its delivery", async () => {
    await host.apply(snapshot("user_Ann"));
    await host.insertTombstones("user_Ann");
    await deliverAll(host);
    await host.insertTombstones("user_Ann");
    const { rows } = await host.sql.query(`select version > "doneVersion" as due from rollcall."SyncEffect"`);
    expect(rows).toEqual([{ due: false }]);
  });

  test("is added for a row that was not synced yet", async () => {
    await host.sql.query(
      host.mapping === "own ids"
        ? `insert into "User" (pk, id) values (gen_random_uuid(), 'user_Old')`
        : `insert into "User" (id) values ('user_Old')`,
    );
    await host.insertTombstones("user_Old");
    expect(await outbox(host)).toEqual({ user_Old: ["user.deleted"] });
  });

  test("is not added for a user who was never here", async () => {
    await host.insertTombstones("user_Stranger");
    expect(await outbox(host)).toEqual({});
  });

  test("is taken back if the tombstone is lifted in time", async () => {
    await host.apply(snapshot("user_Ann"), snapshot("user_Bob"));
    await host.insertTombstones("user_Ann", "user_Bob");
    expect(await host.writePath.liftTombstone("user_Ann", "revive")).toBe(true);
    expect(await outbox(host)).toEqual({ user_Bob: ["user.deleted"] });
  });

  test("a second deletion, after a revival, has a key of its own", async () => {
    await host.apply(snapshot("user_Ann"));
    await host.insertTombstones("user_Ann");
    await deliverAll(host);
    await host.writePath.liftTombstone("user_Ann", "revive");
    await host.apply(snapshot("user_Ann"));
    await host.insertTombstones("user_Ann");
    const { rows } = await host.sql.query(`select version > "doneVersion" as due from rollcall."SyncEffect"`);
    expect(rows).toEqual([{ due: true }]);
  });
});

test("an adoption drops the former instance's effects and sets a new start, so the import causes nothing", async () => {
  await using other = await startInstance(host.db, { tables: host.tables });
  await handle(host);
  await host.sql.query(`insert into rollcall."ClerkInstance" (id, "adoptedAt") values ($1, now())`, [INSTANCE]);
  await host.apply(signedUp("user_Ann"));
  const newcomer = await other.newUser();
  await other.rollcall.adoptInstance();
  expect(await outbox(host)).toEqual({});
  await other.rollcall.syncUser(newcomer);
  expect((await host.clerkUsers()).map(({ id }) => id)).toEqual([newcomer]);
  expect(await outbox(host)).toEqual({});
});
