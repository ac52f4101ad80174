import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createWritePath } from "../../src/write-path/write-path.ts";
import { at, type Host, INSTANCE, openHost, snapshot } from "./host.ts";
import { pausedAfter } from "./paused.ts";

let host: Host;
beforeAll(async () => {
  host = await openHost({ mapping: "own ids" });
});
beforeEach(() => host.clear());
afterAll(() => host[Symbol.asyncDispose]());

const refusal = (id: string) => ({
  id,
  outcome: "failed",
  code: "UNLINKED",
  reason: "a row without Clerk's id holds this user's verified address",
});

describe("where a row without Clerk's id holds a user's verified address, the user is refused", () => {
  beforeEach(() => host.addOwnRow(1, "ann@example.com"));

  test("and nothing is written for them, while the others of the batch are synced", async () => {
    const before = await host.versions();
    expect(await host.writePath.preview([snapshot("user_Ann")])).toEqual([refusal("user_Ann")]);
    expect(await host.apply(snapshot("user_Ann"))).toEqual([refusal("user_Ann")]);
    expect(await host.versions()).toEqual(before);
    expect(new Set(await host.apply(snapshot("user_Ann"), snapshot("user_Bob")))).toEqual(
      new Set([refusal("user_Ann"), { id: "user_Bob", outcome: "created", conflict: false }]),
    );
    expect((await host.clerkUsers()).map(({ id }) => id)).toEqual(["user_Bob"]);
    expect((await host.versions()).filter(({ table, id }) => table === "User" && id === before[0]?.id)).toEqual(before);
  });

  test("also one whose row was deleted manually", async () => {
    await host.apply(snapshot("user_Ann", { email: "old@example.com" }));
    await host.sql.query(`delete from "User" where id = 'user_Ann'`);
    expect(await host.apply(snapshot("user_Ann", { updatedAt: at(1) }))).toEqual([refusal("user_Ann")]);
    expect(await host.users()).toMatchObject([{ id: "own-1", email: "ann@example.com" }]);
  });

  test("until the row is linked: then the row stays, with its own id", async () => {
    await host.apply(snapshot("user_Ann"));
    const { rows: before } = await host.sql.query(`update "User" set id = 'user_Ann' returning pk`);
    expect(await host.apply(snapshot("user_Ann"))).toEqual([{ id: "user_Ann", outcome: "updated", conflict: false }]);
    expect((await host.sql.query(`select pk from "User"`)).rows).toEqual(before);
    expect(await host.customers()).toMatchObject([{ authUserId: "user_Ann", plan: "FREE" }]);
  });

  test("or until it is gone: then the user is created", async () => {
    await host.apply(snapshot("user_Ann"));
    await host.dropOwnRow(1);
    expect(await host.apply(snapshot("user_Ann"))).toEqual([{ id: "user_Ann", outcome: "created", conflict: false }]);
  });

  test("and a deletion of a refused user leaves the row as it is", async () => {
    const before = await host.versions();
    await host.insertTombstones("user_Ann");
    expect((await host.versions()).filter(({ table }) => table === "User")).toEqual(before);
    expect(await host.apply(snapshot("user_Ann"))).toEqual([{ id: "user_Ann", outcome: "deleted", conflict: false }]);
  });

  test("but one whose address is not verified is created without it: it may be another person's address", async () => {
    expect(await host.apply(snapshot("user_Ann", { emailVerifiedAt: null }))).toEqual([
      { id: "user_Ann", outcome: "created", conflict: true },
    ]);
    expect(await host.users()).toMatchObject([
      { id: "own-1", email: "ann@example.com", name: "Own" },
      { id: "user_Ann", email: null },
    ]);
  });

  test("but one who has a row already keeps it, without the address", async () => {
    await host.apply(snapshot("user_Ann", { email: "old@example.com" }));
    const moved = snapshot("user_Ann", { name: "Anna", updatedAt: at(1) });
    expect(await host.apply(moved)).toEqual([{ id: "user_Ann", outcome: "updated", conflict: true }]);
    expect(await host.users()).toMatchObject([{ id: "own-1" }, { id: "user_Ann", email: null, name: "Anna" }]);
  });
});

describe("a row without Clerk's id that comes while the user is being written:", () => {
  const rivals = () => {
    const shared = { email: "ann@example.com" };
    return [snapshot("user_Ann", shared), snapshot("user_Bob", { ...shared, emailVerifiedAt: null })];
  };

  test("before the user is recorded, it refuses them", async () => {
    await host.apply(snapshot("user_Bob", { email: "ann@example.com", emailVerifiedAt: null }));
    await host.sql.query(`delete from "User"`);
    const client = await host.sql.connect();
    await client.query(`begin; select pg_advisory_xact_lock(7041776)`);
    const writing = host.apply(snapshot("user_Ann"));
    await host.untilBlocked();
    await host.addOwnRow(1, "ann@example.com");
    await client.query("commit");
    client.release();
    expect(await writing).toEqual([refusal("user_Ann")]);
    expect((await host.clerkUsers()).map(({ id }) => id)).toEqual(["user_Bob"]);
  });

  test("after the user is recorded, it still gets no second row beside it", async () => {
    const paused = pausedAfter(host.db, host.statements.record);
    const writing = createWritePath(paused.db, host.tables).applySnapshots(rivals());
    await paused.reached;
    await host.addOwnRow(1, "ann@example.com");
    paused.resume();
    expect(await writing).toEqual([refusal("user_Ann"), { id: "user_Bob", outcome: "created", conflict: true }]);
    expect((await host.users()).map(({ id }) => id)).toEqual(["own-1", "user_Bob"]);
  });
});

test("rows without Clerk's id are never written, whichever users come, go or claim their address", async () => {
  await host.addOwnRow(1, "own@example.com");
  const before = await host.versions();
  const unverified = { email: "own@example.com", emailVerifiedAt: null };
  await host.apply(snapshot("user_Ann", unverified), snapshot("user_Bob", unverified));
  await host.apply(snapshot("user_Ann", { email: "own@example.com", updatedAt: at(1) }));
  await host.writePath.applyDeletions(["user_Ann", "user_Bob"], { instanceId: INSTANCE, deletedBy: "run" });
  expect((await host.versions()).filter(({ id }) => id === before[0]?.id)).toEqual(before);
});

test("a customer belongs to the row of its own user, also where the row was there before the customer", async () => {
  await host.apply(snapshot("user_Ann"), snapshot("user_Bob"));
  await host.sql.query(`delete from "Customer"`);
  await host.apply(snapshot("user_Ann"), snapshot("user_Bob", { name: "Bert", updatedAt: at(1) }));
  const { rows } = await host.sql.query(
    `select u.id, c.name from "User" u join "Customer" c on c.owner = u.pk order by u.id`,
  );
  expect(rows).toEqual([
    { id: "user_Ann", name: "Ann" },
    { id: "user_Bob", name: "Bert" },
  ]);
});
