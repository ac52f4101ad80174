import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { defaultTables } from "../../src/database/tables.ts";
import type { Caller } from "../../src/index.ts";
import { recordStatement } from "../../src/write-path/statements/contended.ts";
import { createWritePath } from "../../src/write-path/write-path.ts";
import { type Host, openHost, snapshot } from "../write-path/host.ts";
import { pausedAfter } from "../write-path/paused.ts";
import { type Instance, startInstance } from "./start-instance.ts";

let host: Host;
let production: Instance;
let development: Instance;
beforeAll(async () => {
  host = await openHost();
  production = await startInstance(host.prisma);
  development = await startInstance(host.prisma);
});
beforeEach(async () => {
  await host.clear();
  await host.sql.query(`truncate rollcall."ClerkInstance", rollcall."SyncRun" cascade`);
  production.restart();
  development.restart();
});
afterAll(async () => {
  await production[Symbol.asyncDispose]();
  await development[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
});

const callerOf = (userId: string): Caller => ({
  userId,
  tokenIssuedAt: new Date(),
  userUpdatedAt: new Date(),
  role: null,
});
const ids = (rows: { id: string }[]) => rows.map(({ id }) => id).sort();

describe("a database that was copied from production", () => {
  let copied: string[];
  let deleted: string;
  beforeEach(async () => {
    deleted = await production.newUser();
    copied = [production.clerk.adminUserId, production.clerk.memberUserId, deleted].sort();
    for (const id of copied) await production.rollcall.syncUser(id);
    await production.rollcall.applyDeletions([deleted], {
      instanceId: production.clerk.instanceId,
      deletedBy: "webhook",
    });
    await host.sql.query(`insert into "User" (id, email) values ('own-1', 'own@example.com')`);
  });

  test("refuses development keys: nothing is written and no user is deleted", async () => {
    const before = await host.versions();
    const { memberUserId } = development.clerk;
    await expect(development.rollcall.syncUser(memberUserId)).rejects.toMatchObject({
      code: "INSTANCE_REFUSED",
      message: expect.stringMatching(`${development.clerk.instanceId}.*${production.clerk.instanceId}`),
    });
    await expect(development.rollcall.syncMe(callerOf(memberUserId))).rejects.toMatchObject({
      code: "INSTANCE_REFUSED",
    });
    expect(await development.rollcall.ensureFresh(callerOf(memberUserId))).toMatchObject({
      state: "unpersisted",
      errorCode: "INSTANCE_REFUSED",
      user: { id: null, clerkId: memberUserId },
    });
    expect(await host.versions()).toEqual(before);
    expect(await development.rollcall.health()).toMatchObject({ status: "degraded", clerk: "INSTANCE_REFUSED" });
  });

  test("works with development keys after it was adopted, and every copied row is still there", async () => {
    expect(await development.rollcall.adoptInstance()).toEqual({
      instanceId: development.clerk.instanceId,
      previous: production.clerk.instanceId,
      released: 2,
    });
    expect(ids(await host.users())).toEqual([...copied, "own-1"].sort());

    const { adminUserId, memberUserId, memberEmail } = development.clerk;
    expect(await development.rollcall.syncUser(adminUserId)).toMatchObject({ outcome: "created" });
    expect(await development.rollcall.syncUser(memberUserId)).toMatchObject({ outcome: "created", conflict: false });
    const users = await host.users();
    expect(ids(users)).toEqual([...copied, adminUserId, memberUserId, "own-1"].sort());
    // Both instances have a member of that address; the row that is no longer synced yields it.
    expect(users.filter(({ email }) => email === memberEmail).map(({ id }) => id)).toEqual([memberUserId]);
    expect(await development.rollcall.health()).toMatchObject({ status: "ok", clerk: "ok" });
  });

  test("keeps its tombstones, and finds its users again if it goes back", async () => {
    await development.rollcall.adoptInstance();
    expect(await host.clerkUsers()).toMatchObject([{ id: deleted, deletedBy: "webhook" }]);
    await development.rollcall.syncUser(development.clerk.memberUserId);
    expect(await production.rollcall.adoptInstance()).toMatchObject({
      previous: development.clerk.instanceId,
      released: 1,
    });
    expect(await production.rollcall.syncUser(production.clerk.memberUserId)).toMatchObject({ outcome: "updated" });
    expect(await production.rollcall.syncUser(deleted)).toMatchObject({ outcome: "deleted" });
  });

  test("adopts no instance while Clerk does not say which one the key belongs to", async () => {
    const before = await host.versions();
    await development.fail({ status: 500, path: "/v1/instance" });
    await expect(development.rollcall.adoptInstance()).rejects.toMatchObject({ code: "CLERK_ERROR" });
    await development.endFaults();
    expect(await host.versions()).toEqual(before);
    expect(await production.rollcall.syncUser(production.clerk.memberUserId)).toMatchObject({ outcome: "unchanged" });
  });
});

describe("adopting the active instance", () => {
  test("changes nothing, and says so", async () => {
    const { clerk, rollcall } = production;
    await rollcall.syncUser(clerk.memberUserId);
    const adopted = async () => (await host.sql.query(`select * from rollcall."ClerkInstance"`)).rows;
    const before = [await host.versions(), await adopted()];
    expect(await rollcall.adoptInstance()).toEqual({
      instanceId: clerk.instanceId,
      previous: clerk.instanceId,
      released: 0,
    });
    expect([await host.versions(), await adopted()]).toEqual(before);
  });

  test("releases users that a process of the previous instance still wrote, and says how many; runs continue", async () => {
    await development.rollcall.adoptInstance();
    await production.rollcall.adoptInstance();
    await production.rollcall.syncUser(production.clerk.memberUserId);
    const { instanceId } = development.clerk;
    await createWritePath(host.db, defaultTables).applySnapshots(
      ["user_Ann", "user_Bob"].map((id) => snapshot(id, { instanceId })),
    );
    await host.sql.query(
      `insert into rollcall."SyncRun" (id, kind, "dryRun", state, "startedBy", confirmed, "startedAt", mark)
       values (gen_random_uuid(), 'full', false, 'running', 'test', false, now(), now())`,
    );
    expect(await production.rollcall.adoptInstance()).toEqual({
      instanceId: production.clerk.instanceId,
      previous: production.clerk.instanceId,
      released: 2,
    });
    expect(ids(await host.clerkUsers())).toEqual([production.clerk.memberUserId]);
    expect(ids(await host.users())).toEqual([production.clerk.memberUserId, "user_Ann", "user_Bob"].sort());
    expect((await host.sql.query(`select state, mark is not null as marked from rollcall."SyncRun"`)).rows).toEqual([
      { state: "running", marked: true },
    ]);
  });
});

test("a database without an instance, but with users, is adopted on request", async () => {
  await host.sql.query(`insert into "User" (id, email) values ('user_Old', 'old@example.com')`);
  await expect(development.rollcall.syncUser(development.clerk.memberUserId)).rejects.toMatchObject({
    code: "INSTANCE_REFUSED",
  });
  expect(await development.rollcall.adoptInstance()).toMatchObject({ previous: null, released: 0 });
  expect(await development.rollcall.syncUser(development.clerk.memberUserId)).toMatchObject({ outcome: "created" });
  expect(ids(await host.users())).toEqual([development.clerk.memberUserId, "user_Old"].sort());
});

test("runs over the previous instance are cancelled, and those that have ended are kept", async () => {
  await production.rollcall.adoptInstance();
  const states = ["running", "awaiting_confirmation", "done", "failed"];
  await host.sql.query(
    `insert into rollcall."SyncRun" (id, kind, "dryRun", state, "startedBy", confirmed, "startedAt", "endedAt")
     select gen_random_uuid(), 'full', false, state::rollcall."RunState", state, false, now(), case when state in ('done', 'failed') then now() end
     from unnest($1::text[]) as state`,
    [states],
  );
  const runs = async () =>
    (await host.sql.query(`select "startedBy", state, "endedAt" is not null as ended from rollcall."SyncRun"`)).rows;
  await production.rollcall.adoptInstance();
  expect((await runs()).filter(({ state }) => state === "cancelled")).toEqual([]);

  await development.rollcall.adoptInstance();
  expect(await runs()).toEqual(
    expect.arrayContaining([
      { startedBy: "running", state: "cancelled", ended: true },
      { startedBy: "awaiting_confirmation", state: "cancelled", ended: true },
      { startedBy: "done", state: "done", ended: true },
      { startedBy: "failed", state: "failed", ended: true },
    ]),
  );
});

test("an adoption waits for the writer that holds the lock, and releases what it wrote", async () => {
  await production.rollcall.adoptInstance();
  const { instanceId } = production.clerk;
  const paused = pausedAfter(host.db, recordStatement(defaultTables));
  const rivals = ["user_Ann", "user_Bob"].map((id) => snapshot(id, { instanceId, email: "one@example.com" }));
  const writing = createWritePath(paused.db, defaultTables).applySnapshots(rivals);
  await paused.reached;
  const adopting = development.rollcall.adoptInstance();
  await host.untilBlocked();
  paused.resume();
  await writing;
  expect(await adopting).toMatchObject({ released: 2 });
  expect(await host.clerkUsers()).toEqual([]);
  expect(ids(await host.users())).toEqual(["user_Ann", "user_Bob"]);
});
