import { randomUUID } from "node:crypto";
import { createTestDatabase, type TestDatabase } from "@rollcall/dev-stack/testing";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pgDatabase } from "../../src/database/adapters/pg.ts";
import type { ApplicationTables } from "../../src/database/tables.ts";
import { mirrorReader } from "../../src/freshness/mirror.ts";
import { createWritePath, type WritePath } from "../../src/write-path/write-path.ts";
import { at, INSTANCE, snapshot } from "./host.ts";

let database: TestDatabase;
let sql: pg.Pool;
let made = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  sql = new pg.Pool({ connectionString: database.url });
});
afterAll(async () => {
  await sql.end();
  await database[Symbol.asyncDispose]();
});

interface Mapped {
  tables: ApplicationTables;
  writePath: WritePath;
  read: ReturnType<typeof mirrorReader>;
  /** The rows of the application's tables, by address. */
  users(): Promise<Record<string, unknown>[]>;
  customers(): Promise<Record<string, unknown>[]>;
}

/** An application with tables of its own. */
async function mapped(
  ddl: (users: string, customers: string) => string,
  user: Omit<ApplicationTables["user"], "table">,
  customer: { userKey: string; name?: string } | null = null,
): Promise<Mapped> {
  made++;
  const [users, customers] = [`users ${made}`, `customers ${made}`];
  await sql.query(ddl(`"${users}"`, `"${customers}"`));
  await sql.query(`delete from rollcall."ClerkUser"`);
  const tables = { user: { table: users, ...user }, customer: customer && { table: customers, ...customer } };
  const db = pgDatabase(sql);
  const rows = async (text: string) => (await sql.query(text)).rows;
  return {
    tables,
    writePath: createWritePath(db, tables),
    read: mirrorReader(db, tables),
    users: () => rows(`select * from "${users}" order by email`),
    customers: () => rows(`select * from "${customers}" order by 1`),
  };
}

const applied = async ({ writePath }: Mapped, ...snapshots: Parameters<WritePath["applySnapshots"]>[0]) =>
  (await writePath.applySnapshots(snapshots)).map((one) => (one.outcome === "failed" ? one.code : one.outcome));

const EMAIL = "email text unique";
const clerkId = { key: "clerk_id", id: "id", columns: { email: "email" } };

describe("a new row gets an id of the application's kind, and the customer refers to it:", () => {
  test.each([
    ["a uuid that the database makes", "uuid primary key default gen_random_uuid()", "uuid", undefined],
    ["a number that the database counts", "integer generated always as identity primary key", "integer", undefined],
    ["a large number of a sequence", "bigserial primary key", "bigint", undefined],
    ["a uuid that the application makes", "uuid primary key", "uuid", randomUUID],
    ["a text that the application makes", "varchar(40) primary key", "varchar(40)", () => `usr_${randomUUID()}`],
  ])("%s", async (_, id, type, newId) => {
    const host = await mapped(
      (users, customers) =>
        `create table ${users} (id ${id}, clerk_id text unique, ${EMAIL});
         create table ${customers} (owner ${type} primary key references ${users})`,
      { ...clerkId, newId },
      { userKey: "owner" },
    );
    expect(await applied(host, snapshot("user_Ann"), snapshot("user_Bob"))).toEqual(["created", "created"]);
    // By the slow path.
    const rivals = [snapshot("user_Cid"), snapshot("user_Dan", { email: "cid@example.com", emailVerifiedAt: null })];
    expect(await applied(host, ...rivals)).toEqual(["created", "created"]);
    const users = await host.users();
    expect(users.map((user) => user.clerk_id)).toEqual(["user_Ann", "user_Bob", "user_Cid", "user_Dan"]);
    expect(new Set((await host.customers()).map(({ owner }) => owner))).toEqual(new Set(users.map(({ id }) => id)));

    const mirror = await host.read("user_Ann");
    expect(mirror).toMatchObject({ state: "present", user: { id: String(users[0]?.id), clerkId: "user_Ann" } });

    await host.writePath.applyDeletions(["user_Ann"], { instanceId: INSTANCE, deletedBy: "webhook" });
    expect((await host.users()).find((user) => user.clerk_id === "user_Ann")).toMatchObject({
      id: users[0]?.id,
      email: null,
    });
  });
});

test("only the columns that are named are written, and an application without customers gets none", async () => {
  const host = await mapped((users) => `create table ${users} (clerk_id text primary key, ${EMAIL})`, {
    key: "clerk_id",
    columns: { email: "email" },
  });
  expect(await applied(host, snapshot("user_Ann"))).toEqual(["created"]);
  expect(await applied(host, snapshot("user_Ann", { name: "Anna", updatedAt: at(1) }))).toEqual(["updated"]);
  expect(await applied(host, snapshot("user_Ann", { name: "Anna", updatedAt: at(1) }))).toEqual(["unchanged"]);
  expect(await host.users()).toEqual([{ clerk_id: "user_Ann", email: "ann@example.com" }]);
  expect(await host.read("user_Ann")).toMatchObject({
    state: "present",
    user: {
      id: "user_Ann",
      clerkId: "user_Ann",
      email: "ann@example.com",
      emailVerified: null,
      name: null,
      image: null,
    },
  });
  await host.writePath.analyse();
  await host.writePath.applyDeletions(["user_Ann"], { instanceId: INSTANCE, deletedBy: "webhook" });
  expect(await host.users()).toEqual([{ clerk_id: "user_Ann", email: null }]);
});

test("columns of other names are written, and a time of change that has no default", async () => {
  const host = await mapped(
    (users) => `create table ${users} (
      id serial primary key, "clerkUserId" text unique, email text unique, full_name text, "avatar url" text,
      verified_at timestamp, changed timestamp not null)`,
    {
      key: "clerkUserId",
      id: "id",
      columns: { email: "email", emailVerified: "verified_at", name: "full_name", image: "avatar url" },
      updatedAt: "changed",
    },
  );
  expect(await applied(host, snapshot("user_Ann"))).toEqual(["created"]);
  expect(await applied(host, snapshot("user_Ann"))).toEqual(["unchanged"]);
  expect(await host.users()).toMatchObject([
    { clerkUserId: "user_Ann", full_name: "Ann", "avatar url": "https://img.example.com/user_Ann" },
  ]);
  expect(await host.read("user_Ann")).toMatchObject({ user: { name: "Ann", emailVerified: at(0) } });
});

describe("an email column that is NOT NULL", () => {
  const ddl = (users: string) =>
    `create table ${users} (id serial primary key, clerk_id text unique, email text not null unique)`;
  const placeholder = (id: string) => `${id}@no-email.invalid`;
  const shown = async (host: Mapped) =>
    Object.fromEntries((await host.users()).map(({ clerk_id, email }) => [clerk_id, email]));

  test("is refused without the option that says what stands there for a user without an address", async () => {
    const host = await mapped(ddl, clerkId);
    await expect(host.writePath.checkTables()).rejects.toMatchObject({
      code: "SCHEMA_MISMATCH",
      message: expect.stringMatching(/"email" must be nullable.*placeholderEmail.*DROP NOT NULL/),
    });
  });

  test("holds a placeholder for a user without an address, in conflict, or deleted; and the user's email is null", async () => {
    const host = await mapped(ddl, { ...clerkId, placeholderEmail: true });
    const none = { email: null, emailVerifiedAt: null, emailSince: null };
    const conflicting = snapshot("user_Bob", { email: "ann@example.com", emailVerifiedAt: null });
    expect(await applied(host, snapshot("user_Ann"), snapshot("user_Nil", none))).toEqual(["created", "created"]);
    expect(await host.writePath.applySnapshots([conflicting])).toEqual([
      { id: "user_Bob", outcome: "created", conflict: true },
    ]);
    expect(await shown(host)).toEqual({
      user_Ann: "ann@example.com",
      user_Bob: placeholder("user_Bob"),
      user_Nil: placeholder("user_Nil"),
    });
    expect(await host.writePath.applySnapshots([conflicting, snapshot("user_Nil", none)])).toEqual([
      { id: "user_Bob", outcome: "unchanged", conflict: true },
      { id: "user_Nil", outcome: "unchanged", conflict: false },
    ]);
    expect(await host.read("user_Bob")).toMatchObject({ user: { email: null }, conflict: true });
    expect(await host.read("user_Nil")).toMatchObject({ user: { email: null }, conflict: false });

    await host.writePath.applyDeletions(["user_Ann"], { instanceId: INSTANCE, deletedBy: "webhook" });
    expect(await shown(host)).toMatchObject({ user_Ann: placeholder("user_Ann"), user_Bob: "ann@example.com" });
  });

  test("no user can claim another's placeholder", async () => {
    const host = await mapped(ddl, { ...clerkId, placeholderEmail: true });
    await applied(host, snapshot("user_Nil", { email: null, emailVerifiedAt: null, emailSince: null }));
    expect(await applied(host, snapshot("user_Eve", { email: placeholder("user_Nil") }))).toEqual(["created"]);
    expect(await shown(host)).toEqual({ user_Eve: placeholder("user_Eve"), user_Nil: placeholder("user_Nil") });
  });
});

test("without any foreign key, a row that was deleted manually comes back with a customer of its own", async () => {
  const host = await mapped(
    (users, customers) =>
      `create table ${users} (id serial primary key, clerk_id text unique, ${EMAIL});
       create table ${customers} (id serial primary key, user_id integer not null unique, label text)`,
    clerkId,
    { userKey: "user_id", name: "label" },
  );
  await applied(host, snapshot("user_Ann"));
  await sql.query(`delete from "${host.tables.user.table}"`);
  expect(await applied(host, snapshot("user_Ann"))).toEqual(["created"]);
  const [user] = await host.users();
  expect((await host.customers()).map(({ user_id }) => user_id)).toContain(user?.id);
});

describe("tables with ids of the application's own are checked, with the statement that fixes each finding:", () => {
  const USERS = "id uuid primary key, clerk_id text unique, email text unique";
  test.each<[string, string, string, string]>([
    [
      "Clerk's id is not unique",
      "id uuid primary key default gen_random_uuid(), clerk_id text, email text unique",
      "uuid",
      `"clerk_id" must have a plain unique index`,
    ],
    [
      "Clerk's id is unique for some rows only",
      "id uuid primary key default gen_random_uuid(), clerk_id text, email text unique, exclude (clerk_id with =) where (clerk_id is not null)",
      "uuid",
      `"clerk_id" must have a plain unique index`,
    ],
    [
      "there is no column for Clerk's id",
      "id uuid primary key default gen_random_uuid(), email text unique",
      "uuid",
      `"clerk_id" is missing`,
    ],
    ["ids that neither side makes", USERS, "uuid", "tables.user.newId"],
    [
      "a number without a sequence",
      "id integer primary key, clerk_id text unique, email text unique",
      "integer",
      "tables.user.newId",
    ],
    [
      "Clerk's id has no room",
      "id serial primary key, clerk_id integer unique, email text unique",
      "integer",
      `"clerk_id" is of type integer`,
    ],
    [
      "the customer's owner is of another type",
      "id uuid primary key default gen_random_uuid(), clerk_id text unique, email text unique",
      "text",
      `"owner" is of type text`,
    ],
  ])("%s", async (_, columns, ownerType, finding) => {
    const host = await mapped(
      (users, customers) => `create table ${users} (${columns}); create table ${customers} (owner ${ownerType} unique)`,
      clerkId,
      { userKey: "owner" },
    );
    const error: unknown = await host.writePath.checkTables().catch((thrown: unknown) => thrown);
    if (!(error instanceof Error)) throw new Error("the tables passed");
    const found = error.message.split("\n");
    expect(found).toEqual([expect.stringContaining(finding)]);
    for (const one of found) await sql.query(one.slice(one.lastIndexOf(": ") + 2));
    await host.writePath.checkTables();
    expect(await applied(host, snapshot("user_Ann"))).toEqual(["created"]);
  });
});
