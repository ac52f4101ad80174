import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { at, type Host, INSTANCE, openHost, snapshot } from "./host.ts";

let host: Host;
beforeAll(async () => {
  host = await openHost();
});
beforeEach(() => host.clear());
afterAll(() => host[Symbol.asyncDispose]());

const insertTombstones = (deletedBy: "webhook" | "run", ...ids: string[]) =>
  host.writePath.applyDeletions(ids, { instanceId: INSTANCE, deletedBy });
const deletedBy = async () => Object.fromEntries((await host.clerkUsers()).map((row) => [row.id, row.deletedBy]));

describe("after a user was deleted", () => {
  beforeEach(async () => {
    await host.apply(snapshot("user_Ann"), snapshot("user_Bob"));
    expect(await host.insertTombstones("user_Ann")).toEqual([{ id: "user_Ann", outcome: "deleted", conflict: false }]);
  });

  test("no personal data is left in any table, and the rows stay for their references", async () => {
    const { rows: everything } = await host.sql.query(
      `select row_to_json("User")::text as "row" from "User" where id = 'user_Ann'
       union all select row_to_json("Customer")::text from "Customer" where "authUserId" = 'user_Ann'
       union all select row_to_json("ClerkUser")::text from rollcall."ClerkUser" where id = 'user_Ann'`,
    );
    expect(everything).toHaveLength(3);
    for (const { row } of everything) {
      expect(row).toContain("user_Ann");
      expect(row.replaceAll("user_Ann", "").replaceAll('"banned"', "")).not.toMatch(/ann/i);
    }
    expect(await host.users()).toMatchObject([
      { id: "user_Ann", email: null, emailVerified: null, name: null, image: null },
      { id: "user_Bob", email: "bob@example.com", name: "Bob" },
    ]);
    expect(await host.customers()).toMatchObject([
      { authUserId: "user_Ann", name: null, plan: "FREE" },
      { authUserId: "user_Bob", name: "Bob" },
    ]);
  });

  test.each([
    ["older", snapshot("user_Ann", { updatedAt: at(-1) })],
    ["equal", snapshot("user_Ann")],
    ["newer", snapshot("user_Ann", { updatedAt: at(99) })],
  ])("no %s snapshot brings the user back", async (_, late) => {
    const before = await host.versions();
    expect(await host.apply(late)).toEqual([{ id: "user_Ann", outcome: "deleted", conflict: false }]);
    expect(await host.versions()).toEqual(before);
  });

  test("a second deletion returns the same and keeps the time of the first", async () => {
    const at = async () =>
      (await host.sql.query(`select "deletedAt" from rollcall."ClerkUser" where id = 'user_Ann'`)).rows[0].deletedAt;
    const first = await at();
    expect(await host.insertTombstones("user_Ann")).toEqual([{ id: "user_Ann", outcome: "deleted", conflict: false }]);
    expect(await at()).toEqual(first);
  });

  test("a deletion blanks what was written into the row afterwards", async () => {
    await host.sql.query(`update "User" set email = 'back@example.com', name = 'Ann' where id = 'user_Ann'`);
    await host.sql.query(`update "Customer" set name = 'Ann' where "authUserId" = 'user_Ann'`);
    await host.insertTombstones("user_Ann");
    expect(await host.users()).toMatchObject([{ id: "user_Ann", email: null, name: null }, { id: "user_Bob" }]);
    expect(await host.customers()).toMatchObject([{ authUserId: "user_Ann", name: null }, { name: "Bob" }]);
  });

  test("the address is free for the next user who signs up with it", async () => {
    expect(await host.apply(snapshot("user_Eve", { email: "ann@example.com" }))).toEqual([
      { id: "user_Eve", outcome: "created", conflict: false },
    ]);
  });
});

describe("a deletion that arrives before anything else about the user", () => {
  beforeEach(async () => {
    expect(await host.insertTombstones("user_Ann")).toEqual([{ id: "user_Ann", outcome: "deleted", conflict: false }]);
  });

  test("creates neither a user nor a customer", async () => {
    expect(await host.users()).toEqual([]);
    expect(await host.customers()).toEqual([]);
    expect(await deletedBy()).toEqual({ user_Ann: "webhook" });
  });

  test("wins over the sign-up that arrives late", async () => {
    expect(await host.apply(snapshot("user_Ann"))).toEqual([{ id: "user_Ann", outcome: "deleted", conflict: false }]);
    expect(await host.users()).toEqual([]);
    expect(await host.customers()).toEqual([]);
  });
});

test("the source of a deletion is stored, and a signed webhook's outweighs a run's", async () => {
  await insertTombstones("run", "user_Ann", "user_Bob");
  await insertTombstones("webhook", "user_Ann", "user_Eve");
  await insertTombstones("run", "user_Eve");
  expect(await deletedBy()).toEqual({ user_Ann: "webhook", user_Bob: "run", user_Eve: "webhook" });
});

describe("the time of Clerk's 404 for a user", () => {
  const deny = (minutes: number | null) =>
    host.writePath.applyDeletions(["user_Ann"], {
      instanceId: INSTANCE,
      deletedBy: "run",
      checkedAt: minutes === null ? null : at(minutes),
    });
  const checkedAt = async () => (await host.clerkUsers()).map((row) => row.checkedAt);

  test("is stored in a run's tombstone, of a known and of an unknown user", async () => {
    await host.apply(snapshot("user_Bob", { checkedAt: at(1) }));
    await host.writePath.applyDeletions(["user_Ann", "user_Bob"], {
      instanceId: INSTANCE,
      deletedBy: "run",
      checkedAt: at(5),
    });
    expect(await checkedAt()).toEqual([at(5).getTime(), at(5).getTime()]);
  });

  test("is unknown if Clerk's answer had no date", async () => {
    await host.apply(snapshot("user_Ann", { checkedAt: at(1) }));
    await deny(null);
    expect(await checkedAt()).toEqual([null]);
  });

  test("is the newest of several runs", async () => {
    for (const minutes of [5, 7, 6, null]) await deny(minutes);
    expect(await checkedAt()).toEqual([at(7).getTime()]);
  });

  test("does not change a signed webhook's tombstone, before or after it", async () => {
    await host.insertTombstones("user_Bob");
    await host.writePath.applyDeletions(["user_Bob"], { instanceId: INSTANCE, deletedBy: "run", checkedAt: at(5) });
    await deny(5);
    await host.insertTombstones("user_Ann");
    expect(await checkedAt()).toEqual([at(5).getTime(), null]);
    expect(await deletedBy()).toEqual({ user_Ann: "webhook", user_Bob: "webhook" });
  });
});

test("a row of an earlier sync is blanked too when its user is deleted", async () => {
  await host.sql.query(`insert into "User" (id, email, name) values ('user_Old', 'old@example.com', 'Old')`);
  await host.insertTombstones("user_Old");
  expect(await host.users()).toEqual([{ id: "user_Old", email: null, emailVerified: null, name: null, image: null }]);
});

test("the same id twice in one call is one deletion", async () => {
  await host.apply(snapshot("user_Ann"));
  expect(await host.insertTombstones("user_Ann", "user_Ann")).toEqual([
    { id: "user_Ann", outcome: "deleted", conflict: false },
  ]);
});

test("the application's own rows are never deleted, whatever the source", async () => {
  await host.sql.query(`insert into "User" (id, email, name) values ('own-1', 'own@example.com', 'Own')`);
  expect(await host.insertTombstones("own-1")).toEqual([
    { id: "own-1", outcome: "failed", code: "DATA_REJECTED", reason: "the id is not a Clerk user id" },
  ]);
  expect(await host.users()).toMatchObject([{ id: "own-1", email: "own@example.com", name: "Own" }]);
});
