import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { UserColumns } from "../../src/database/tables.ts";
import { mirrorReader } from "../../src/freshness/mirror.ts";
import type { Snapshot } from "../../src/index.ts";
import { createWritePath } from "../../src/write-path/write-path.ts";
import { emptyExtra, extraOf } from "./extra-columns.ts";
import { at, type Host, openHost, snapshot } from "./host.ts";

let host: Host;
beforeAll(async () => {
  host = await openHost({ mapping: "extra columns" });
});
beforeEach(() => host.clear());
afterAll(() => host[Symbol.asyncDispose]());

/** A snapshot with further fields, some of which may differ. */
const said = (id: string, extra: Record<string, unknown> = {}, differences: Partial<Snapshot> = {}): Snapshot =>
  snapshot(id, { extra: { ...extraOf(id, at(0)), ...extra }, ...differences });
const later = (id: string, extra: Record<string, unknown>, differences: Partial<Snapshot> = {}) =>
  said(id, extra, { updatedAt: at(1), ...differences });

const stored = async (): Promise<Record<string, unknown>> =>
  Object.fromEntries(
    (await host.sql.query(`select id, extra from rollcall."ClerkUser"`)).rows.map(({ id, extra }) => [id, extra]),
  );
const usernames = async () => Object.fromEntries((await host.extras()).map(({ id, username }) => [id, username]));
const outcomes = (results: { id: string; outcome: string }[]) =>
  Object.fromEntries(results.map(({ id, outcome }) => [id, outcome]));

const ann = {
  id: "user_Ann",
  "first name": "Ann",
  lastName: null,
  username: "user_ann",
  phone: "+15555550100",
  phoneVerified: true,
  externalId: "own of user_Ann",
  banned: false,
  clerkCreatedAt: at(0).getTime(),
  metadata: { plan: "pro", seats: 3, "it's": ["a", { b: 1 }] },
  plan: "pro",
  seats: 3,
  settings: ["a", { b: 1 }],
  preferences: { theme: "dark" },
};

test("each column of a user holds what Clerk says, in the column's own type", async () => {
  expect(await host.apply(said("user_Ann"))).toEqual([{ id: "user_Ann", outcome: "created", conflict: false }]);
  expect(await host.extras()).toEqual([ann]);
});

test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
  ["a name that was removed", { firstName: null }, { "first name": null }],
  ["a username", { username: "new" }, { username: "new" }],
  ["a phone that was removed", { phone: null, phoneVerified: false }, { phone: null, phoneVerified: false }],
  ["a ban", { banned: true }, { banned: true }],
  ["metadata", { publicMetadata: { a: [1] } }, { metadata: { a: [1] } }],
  ["a key of the metadata", { "publicMetadata.plan": "free" }, { plan: "free" }],
  ["a key that was removed", { "publicMetadata.it's": null }, { settings: null }],
  ["metadata that users write", { unsafeMetadata: {} }, { preferences: {} }],
])("%s is written with the next snapshot", async (_, change, shown) => {
  await host.apply(said("user_Ann"));
  expect(await host.apply(later("user_Ann", change))).toEqual([
    { id: "user_Ann", outcome: "updated", conflict: false },
  ]);
  expect(await host.extras()).toEqual([{ ...ann, ...shown }]);
});

test("the slow path writes them too, and an heir shows their own", async () => {
  const shared = { email: "shared@example.com" };
  await host.apply(
    said("user_Ann", {}, shared),
    said("user_Bob", { banned: true }, { ...shared, emailVerifiedAt: null }),
  );
  expect(await host.extras()).toMatchObject([ann, { id: "user_Bob", username: "user_bob", banned: true }]);
  await host.apply(later("user_Ann", { username: "moved" }, { email: "ann@example.com" }));
  expect(await usernames()).toEqual({ user_Ann: "moved", user_Bob: "user_bob" });
  expect((await host.users()).map(({ email }) => email)).toEqual(["ann@example.com", "shared@example.com"]);
});

test("an older snapshot changes none of them", async () => {
  await host.apply(later("user_Ann", { username: "new" }));
  expect(outcomes(await host.apply(said("user_Ann")))).toEqual({ user_Ann: "outdated" });
  expect(await usernames()).toEqual({ user_Ann: "new" });
});

test("the same metadata in another order of keys, or with numbers written differently, is unchanged and writes nothing", async () => {
  await host.apply(said("user_Ann", { publicMetadata: { a: 1, b: { c: 100, d: 2 } } }, { checkedAt: at(9) }));
  const before = await host.versions();
  const again = said("user_Ann", { publicMetadata: { b: { d: 2.0, c: 1e2 }, a: 1 } }, { checkedAt: at(99) });
  expect(outcomes(await host.apply(again))).toEqual({ user_Ann: "unchanged" });
  expect(await host.versions()).toEqual(before);
});

test("a column that a person edited by hand is set right by the next full run", async () => {
  await host.apply(said("user_Ann"));
  await host.sql.query(`update "User" set plan = 'free', metadata = '{}'`);
  expect(outcomes(await host.apply(said("user_Ann")))).toEqual({ user_Ann: "updated" });
  expect(await host.extras()).toEqual([ann]);
});

test("a tombstone empties the columns, and nothing of them is left in ClerkUser", async () => {
  await host.apply(said("user_Ann"));
  await host.insertTombstones("user_Ann");
  expect(await host.extras()).toEqual([emptyExtra("user_Ann")]);
  expect(await stored()).toEqual({ user_Ann: null });
});

test("a tombstone empties ClerkUser even in a process that has no such columns", async () => {
  await host.apply(said("user_Ann"));
  const plain = createWritePath(host.db, {
    ...host.tables,
    user: { ...host.tables.user, columns: { email: "email" } },
  });
  await plain.applyDeletions(["user_Ann"], { instanceId: "ins_test", deletedBy: "webhook" });
  expect(await stored()).toEqual({ user_Ann: null });
});

test("a preview predicts every outcome", async () => {
  await host.apply(said("user_Ann"), said("user_Bob"));
  const batch = [later("user_Ann", { banned: true }), said("user_Bob"), said("user_Cid")];
  expect(outcomes(await host.writePath.preview(batch))).toEqual(outcomes(await host.apply(...batch)));
});

describe("the columns that are named decide what is stored:", () => {
  const naming = (columns: Omit<UserColumns, "email">) =>
    createWritePath(host.db, {
      ...host.tables,
      user: { ...host.tables.user, columns: { email: "email", ...columns } },
    });
  const pick = (...fields: string[]) =>
    snapshot("user_Ann", {
      checkedAt: at(9),
      extra: Object.fromEntries(Object.entries(extraOf("user_Ann", at(0))).filter(([field]) => fields.includes(field))),
    });

  test("one more column is filled by the next full run, though Clerk has no news", async () => {
    await naming({ username: "username" }).applySnapshots([pick("username")]);
    expect(await host.extras()).toMatchObject([{ username: "user_ann", plan: null }]);
    const more = naming({ username: "username", "publicMetadata.plan": "plan" });
    expect(outcomes(await more.applySnapshots([pick("username", "publicMetadata.plan")]))).toEqual({
      user_Ann: "updated",
    });
    expect(await host.extras()).toMatchObject([{ username: "user_ann", plan: "pro" }]);
  });

  test("a field whose column is no longer named is not stored any more", async () => {
    await naming({ username: "username", phone: "phone" }).applySnapshots([pick("username", "phone")]);
    await naming({ username: "username" }).applySnapshots([pick("username")]);
    expect(await stored()).toEqual({ user_Ann: { username: "user_ann" } });
    await naming({}).applySnapshots([{ ...pick(), extra: null }]);
    expect(await stored()).toEqual({ user_Ann: null });
  });

  test("without any, a snapshot leaves `extra` null", async () => {
    await naming({}).applySnapshots([snapshot("user_Ann", { extra: null })]);
    expect(await stored()).toEqual({ user_Ann: null });
  });

  test("a snapshot that lacks one of them fails, instead of emptying the column", async () => {
    await naming({ username: "username" }).applySnapshots([pick("username")]);
    expect(await naming({ username: "username", phone: "phone" }).applySnapshots([pick("username")])).toEqual([
      {
        id: "user_Ann",
        outcome: "failed",
        code: "DATA_REJECTED",
        reason: expect.stringContaining("phone was not read"),
      },
    ]);
    expect(await usernames()).toEqual({ user_Ann: "user_ann" });
  });
});

test("a row says whether every field was read, and whether its user is banned", async () => {
  const read = async () => {
    const mirror = await mirrorReader(host.db, host.tables)("user_Ann");
    return mirror.state === "present" && { complete: mirror.complete, banned: mirror.banned };
  };
  await host.apply(said("user_Ann", { banned: true }));
  expect(await read()).toEqual({ complete: true, banned: true });
  await host.sql.query(`update rollcall."ClerkUser" set extra = extra - 'publicMetadata.it''s'`);
  expect(await read()).toEqual({ complete: false, banned: true });
  await host.sql.query(`update rollcall."ClerkUser" set extra = null`);
  expect(await read()).toEqual({ complete: false, banned: false });
  const plain = { ...host.tables, user: { ...host.tables.user, columns: { email: "email" } } };
  expect(await mirrorReader(host.db, plain)("user_Ann")).toMatchObject({ complete: true, banned: false });
});

describe("a username that is unique to the application", () => {
  const taken = (id: string) => ({
    id,
    outcome: "failed",
    code: "DATA_REJECTED",
    reason: `SQLSTATE 23505: another row has the same "User"."username"`,
  });

  test("and another row's fails that user alone, and the reason names the column", async () => {
    await host.sql.query(`insert into "User" (id, username) values ('own-1', 'admin')`);
    const results = await host.apply(said("user_Ann"), said("user_Bob", { username: "admin" }), said("user_Cid"));
    expect(results.filter(({ outcome }) => outcome === "failed")).toEqual([taken("user_Bob")]);
    expect(await usernames()).toEqual({ "own-1": "admin", user_Ann: "user_ann", user_Cid: "user_cid" });
    expect(await host.writePath.preview([said("user_Cid")])).toMatchObject([{ outcome: "unchanged" }]);
  });

  test.each([
    ["before", "user_Ann", "user_Bob"],
    ["after", "user_Bob", "user_Ann"],
  ])("moves to another user in one page, %s the user who gave it up", async (_, taker, giver) => {
    await host.apply(said(giver, { username: "wanted" }), said(taker), said("user_Cid"));
    const results = await host.apply(
      later(taker, { username: "wanted" }),
      later(giver, { username: "given up" }),
      said("user_Cid"),
    );
    expect(outcomes(results)).toEqual({ [taker]: "updated", [giver]: "updated", user_Cid: "unchanged" });
    expect(await usernames()).toMatchObject({ [taker]: "wanted", [giver]: "given up" });
  });

  test("is refused until the one who has it gives it up", async () => {
    await host.apply(said("user_Ann", { username: "wanted" }), said("user_Bob"));
    expect(await host.apply(later("user_Bob", { username: "wanted" }))).toEqual([taken("user_Bob")]);
    await host.apply(later("user_Ann", { username: "given up" }));
    expect(await host.apply(later("user_Bob", { username: "wanted" }))).toMatchObject([{ outcome: "updated" }]);
  });
});

describe("what a column cannot hold", () => {
  test.each<[string, Record<string, unknown>, string]>([
    ["an enum's unknown value", { "publicMetadata.plan": "platinum" }, "SQLSTATE 22P02"],
    ["a text for a number", { "publicMetadata.seats": "many" }, "SQLSTATE 22P02"],
    ["a text that is too long", { phone: "+1".padEnd(21, "5") }, "SQLSTATE 22001"],
  ])("%s fails that user alone", async (_, extra, reason) => {
    const results = await host.apply(said("user_Ann"), said("user_Bob", extra), said("user_Cid"));
    expect(outcomes(results)).toEqual({ user_Ann: "created", user_Bob: "failed", user_Cid: "created" });
    expect(results.find(({ id }) => id === "user_Bob")).toMatchObject({ code: "DATA_REJECTED", reason });
  });

  test("NUL and half a surrogate pair in metadata are stored as they are in a name, and harm no one", async () => {
    const odd = { "k\u0000ey": "a\u0000b\ud83d", "\\u0000": "\\ud83d \\", pair: "\u{1F600}", "\ud83d\u0000\ude00": 1 };
    await host.apply(said("user_Ann", { publicMetadata: odd }, { name: "half \ud83d" }), said("user_Bob"));
    const [shown] = await host.extras();
    expect(shown?.metadata).toEqual({ key: "ab\uFFFD", "\\u0000": "\\ud83d \\", pair: "\u{1F600}", "\uFFFD\uFFFD": 1 });
    expect((await host.users()).map(({ name }) => name)).toEqual(["half \uFFFD", "Bob"]);
    const before = await host.versions();
    const again = said("user_Ann", { publicMetadata: odd }, { name: "half \ud83d" });
    expect(outcomes(await host.apply(again))).toEqual({ user_Ann: "unchanged" });
    expect(await host.versions()).toEqual(before);
  });
});

test("an application with ids of its own gets them, too", async () => {
  await using other = await openHost({ mapping: "own ids", connections: 2 });
  await other.sql.query(`alter table "User" add username text unique, add banned boolean`);
  const { user } = other.tables;
  const columns = { ...user.columns, username: "username", banned: "banned" };
  const writePath = createWritePath(other.db, { ...other.tables, user: { ...user, newId: randomUUID, columns } });
  const read = (id: string, username: string, differences: Partial<Snapshot> = {}) =>
    snapshot(id, { extra: { username, banned: true }, ...differences });
  const contested = read("user_Bob", "bob", { email: "ann@example.com", emailVerifiedAt: null });
  expect(outcomes(await writePath.applySnapshots([read("user_Ann", "ann"), contested]))).toEqual({
    user_Ann: "created",
    user_Bob: "created",
  });
  await writePath.applySnapshots([read("user_Cid", "cid"), read("user_Ann", "anna", { updatedAt: at(1) })]);
  expect((await other.sql.query(`select id, username, banned from "User" order by id`)).rows).toEqual([
    { id: "user_Ann", username: "anna", banned: true },
    { id: "user_Bob", username: "bob", banned: true },
    { id: "user_Cid", username: "cid", banned: true },
  ]);
});
