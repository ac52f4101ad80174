import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Snapshot } from "../../src/index.ts";
import { at, type Host, openHost, snapshot } from "./host.ts";

let host: Host;
beforeAll(async () => {
  host = await openHost();
});
beforeEach(() => host.clear());
afterAll(() => host[Symbol.asyncDispose]());

const SHARED = "shared@example.com";
const claiming = (id: string, differences: Partial<Snapshot> = {}) => snapshot(id, { email: SHARED, ...differences });
const shown = async () => Object.fromEntries((await host.users()).map(({ id, email }) => [id, email]));

describe("of several users who claim one address", () => {
  const cases: [string, Snapshot, Snapshot][] = [
    [
      "one with a verified address wins over one with an unverified address, even if the other added it later",
      claiming("user_Zoe"),
      claiming("user_Ann", { emailVerifiedAt: null, emailSince: at(9) }),
    ],
    [
      "of two verified ones it is the one who added it later",
      claiming("user_Zoe", { emailSince: at(2) }),
      claiming("user_Ann", { emailSince: at(1) }),
    ],
    [
      "when it was verified does not matter",
      claiming("user_Zoe", { emailSince: at(2), emailVerifiedAt: at(3) }),
      claiming("user_Ann", { emailSince: at(1), emailVerifiedAt: at(9) }),
    ],
    [
      "of two unverified ones it is the one who added it later",
      claiming("user_Zoe", { emailVerifiedAt: null, emailSince: at(2) }),
      claiming("user_Ann", { emailVerifiedAt: null, emailSince: at(1) }),
    ],
    ["one who added it at an unknown time is last", claiming("user_Zoe"), claiming("user_Ann", { emailSince: null })],
    ["of two that are equal it is the smaller id, by its bytes", claiming("user_Z"), claiming("user_a")],
  ];

  test.each(cases)("%s", async (_, owner, other) => {
    const expected = { [owner.id]: SHARED, [other.id]: null };
    await host.apply(owner);
    await host.apply(other);
    expect(await shown(), "the owner came first").toEqual(expected);
    await host.clear();
    await host.apply(other);
    await host.apply(owner);
    expect(await shown(), "the owner came last").toEqual(expected);
    await host.clear();
    const results = await host.apply(other, owner);
    expect(await shown(), "both came together").toEqual(expected);
    expect(Object.fromEntries(results.map((one) => [one.id, one.outcome !== "failed" && one.conflict]))).toEqual({
      [owner.id]: false,
      [other.id]: true,
    });
  });

  test("everyone else keeps row, name, image and customer", async () => {
    await host.apply(claiming("user_Ann"), claiming("user_Bob"));
    expect(await host.users()).toMatchObject([
      { id: "user_Ann", email: SHARED, name: "Ann" },
      { id: "user_Bob", email: null, emailVerified: null, name: "Bob", image: "https://img.example.com/user_Bob" },
    ]);
    expect(await host.customers()).toHaveLength(2);
  });
});

describe("the heir gets the address without a snapshot of the heir,", () => {
  const heir = claiming("user_Bob", { emailVerifiedAt: at(3), emailSince: at(1) });
  beforeEach(async () => {
    await host.apply(heir, claiming("user_Ann", { emailSince: at(2) }));
    expect(await shown()).toEqual({ user_Ann: SHARED, user_Bob: null });
  });

  test.each([
    ["moves to another address", { email: "new@example.com" }, "new@example.com"],
    ["no longer has an address", { email: null, emailVerifiedAt: null, emailSince: null }, null],
    ["is no longer verified", { email: SHARED, emailVerifiedAt: null }, null],
  ])("when the owner %s", async (_, change, left) => {
    await host.apply(snapshot("user_Ann", { ...change, updatedAt: at(5) }));
    expect(await host.users()).toMatchObject([
      { id: "user_Ann", email: left },
      { id: "user_Bob", email: SHARED, emailVerified: at(3).getTime() },
    ]);
  });

  test("when the owner is deleted", async () => {
    await host.insertTombstones("user_Ann");
    expect(await host.users()).toMatchObject([
      { id: "user_Ann", email: null },
      { id: "user_Bob", email: SHARED, emailVerified: at(3).getTime() },
    ]);
  });

  test("and the next heir after that", async () => {
    await host.apply(claiming("user_Eve", { emailVerifiedAt: null }));
    await host.insertTombstones("user_Ann", "user_Bob");
    expect(await shown()).toEqual({ user_Ann: null, user_Bob: null, user_Eve: SHARED });
  });

  test("with a new row and customer if the heir's were deleted manually", async () => {
    await host.sql.query(`delete from "User" where id = 'user_Bob'`);
    await host.insertTombstones("user_Ann");
    expect(await host.users()).toMatchObject([{ id: "user_Ann" }, { id: "user_Bob", email: SHARED, name: "Bob" }]);
    expect(await host.customers()).toMatchObject([{ authUserId: "user_Ann" }, { authUserId: "user_Bob", name: "Bob" }]);
  });

  test("unless the heir was deleted before", async () => {
    await host.insertTombstones("user_Bob");
    await host.insertTombstones("user_Ann");
    expect(await shown()).toEqual({ user_Ann: null, user_Bob: null });
  });
});

describe("two users who swap their addresses", () => {
  const swapped = [
    snapshot("user_Ann", { email: "bob@example.com", emailSince: at(2), updatedAt: at(2) }),
    snapshot("user_Bob", { email: "ann@example.com", emailSince: at(1), updatedAt: at(1) }),
  ] as const;
  beforeEach(() => host.apply(snapshot("user_Ann"), snapshot("user_Bob")));

  test("have each other's when both arrive together", async () => {
    expect(await host.apply(...swapped)).toEqual([
      { id: "user_Ann", outcome: "updated", conflict: false },
      { id: "user_Bob", outcome: "updated", conflict: false },
    ]);
    expect(await shown()).toEqual({ user_Ann: "bob@example.com", user_Bob: "ann@example.com" });
  });

  test.each([
    ["one after the other", swapped],
    ["the other way round", [...swapped].reverse()],
  ])("have each other's when they arrive %s", async (_, order) => {
    for (const one of order) await host.apply(one);
    expect(await shown()).toEqual({ user_Ann: "bob@example.com", user_Bob: "ann@example.com" });
  });
});

test("a ring of many users, each with the next one's address, ends with each address at its claimant", async () => {
  const ids = Array.from({ length: 20 }, (_, index) => `user_R${index}`);
  await host.apply(...ids.map((id) => snapshot(id)));
  const turned = ids.map((id, index) =>
    snapshot(id, { email: `r${(index + 1) % ids.length}@example.com`, emailSince: at(1), updatedAt: at(1) }),
  );
  await host.apply(...turned);
  expect(await shown()).toEqual(Object.fromEntries(turned.map(({ id, email }) => [id, email])));
});

test("a user whose address was removed has none, and keeps the rest", async () => {
  await host.apply(snapshot("user_Ann"));
  const without = { email: null, emailVerifiedAt: null, emailSince: null };
  const removed = await host.apply(snapshot("user_Ann", { ...without, updatedAt: at(1) }));
  expect(removed).toEqual([{ id: "user_Ann", outcome: "updated", conflict: false }]);
  expect(await host.users()).toMatchObject([{ id: "user_Ann", email: null, emailVerified: null, name: "Ann" }]);
});

test("an address returns to its owner after it was removed manually", async () => {
  await host.apply(snapshot("user_Ann"));
  await host.sql.query(`update "User" set email = 'by.hand@example.com' where id = 'user_Ann'`);
  expect(await host.apply(snapshot("user_Ann"))).toEqual([{ id: "user_Ann", outcome: "updated", conflict: false }]);
  expect(await shown()).toEqual({ user_Ann: "ann@example.com" });
});

test("an address stays its owner's while the owner's row is missing: another claimant does not get it", async () => {
  await host.apply(claiming("user_Ann"));
  await host.sql.query(`delete from "User" where id = 'user_Ann'`);
  expect(await host.apply(claiming("user_Bob", { emailVerifiedAt: null }))).toEqual([
    { id: "user_Bob", outcome: "created", conflict: true },
  ]);
  expect(await shown()).toEqual({ user_Ann: SHARED, user_Bob: null });
});

test("two addresses that look the same to a person, but are not, belong to two users", async () => {
  const [k, kelvin] = ["kim@example.com", "\u212Aim@example.com"];
  await host.apply(snapshot("user_Ann", { email: k }), snapshot("user_Bob", { email: kelvin }));
  expect(await shown()).toEqual({ user_Ann: k, user_Bob: kelvin });
});
