import { describe, expect, test } from "vitest";
import { extraOf } from "./extra-columns.ts";
import { findings, printed } from "./findings.ts";
import { at, openHost, snapshot } from "./host.ts";

const EMAIL_INDEX = `drop index "User_email_key";`;
const CUSTOMER_INDEX = `drop index "Customer_authUserId_key";`;

describe("a table that cannot be written is reported before anything is written, with the statement that fixes it:", () => {
  test.each<[string, string, string]>([
    ["a column without its own value", `alter table "User" add column slug text not null`, `"User"."slug"`],
    ["an enum without a default", `alter table "Customer" alter column plan drop default`, `"Customer"."plan"`],
    ["an id that only Prisma can create", `alter table "Customer" alter column id drop default`, `"Customer"."id"`],
    [
      "an id of type uuid without a default",
      `alter table "Customer" alter column id drop default, alter column id type uuid using id::uuid`,
      `"Customer"."id"`,
    ],
    [
      "a number for an id",
      `alter table "Customer" drop column id; alter table "Customer" add column id integer primary key`,
      `"Customer"."id"`,
    ],
    [
      "an @updatedAt that only Prisma fills",
      `alter table "Customer" alter column "updatedAt" drop default`,
      `"Customer"."updatedAt"`,
    ],
    ["a required email", `alter table "User" alter column email set not null`, `"User"."email"`],
    ["a required name", `alter table "User" alter column name set not null`, `"User"."name"`],
    ["a customer's required name", `alter table "Customer" alter column name set not null`, `"Customer"."name"`],
    ["an email that is not unique", EMAIL_INDEX, `"User"."email"`],
    [
      "an email that is unique for some rows only",
      `${EMAIL_INDEX} create unique index on "User" (email) where email is not null`,
      `"User"."email"`,
    ],
    [
      "an email that is unique only together with another column",
      `${EMAIL_INDEX} create unique index on "User" (email, name)`,
      `"User"."email"`,
    ],
    [
      "an email that is unique only in lower case",
      `${EMAIL_INDEX} create unique index on "User" (lower(email))`,
      `"User"."email"`,
    ],
    [
      "an email whose uniqueness can be deferred",
      `${EMAIL_INDEX} alter table "User" add constraint email_once unique (email) deferrable`,
      `"User"."email"`,
    ],
    ["an id that is not unique", `alter table "User" drop constraint "User_pkey" cascade`, `"User"."id"`],
    ["a customer's user that is not unique", CUSTOMER_INDEX, `"Customer"."authUserId"`],
    [
      "a customer's user that is unique twice, once so that it can be deferred",
      `alter table "Customer" add constraint user_once unique ("authUserId") deferrable`,
      `"Customer"."authUserId"`,
    ],
    [
      "a customer's user whose uniqueness can be deferred",
      `${CUSTOMER_INDEX} alter table "Customer" add constraint user_once unique ("authUserId") deferrable initially deferred`,
      `"Customer"."authUserId"`,
    ],
    ["a missing column", `alter table "User" drop column image`, `"User"."image"`],
    ["a missing time", `alter table "User" drop column "emailVerified"`, `"User"."emailVerified"`],
    [
      "a flag in place of a time",
      `alter table "User" drop column "emailVerified", add column "emailVerified" boolean default false`,
      `"User"."emailVerified"`,
    ],
    ["a number in place of a text", `alter table "User" drop column name, add column name integer`, `"User"."name"`],
    [
      "a time without a time zone in Rollcall's own table",
      `alter table rollcall."ClerkUser" alter column "syncedAt" type timestamp(3)`,
      `rollcall."ClerkUser"."syncedAt"`,
    ],
  ])("%s", async (_, ddl, column) => {
    await using host = await openHost({ connections: 1 });
    await host.sql.query(ddl);
    const found = await findings(host);
    expect(found).toEqual([expect.stringContaining(`Column ${column} `)]);
    await expect(host.apply(snapshot("user_Ann"))).rejects.toMatchObject({ code: "SCHEMA_MISMATCH" });
    expect(await host.clerkUsers().catch(() => [])).toEqual([]);

    for (const finding of found) await host.sql.query(printed(finding));
    await host.writePath.checkTables();
    expect(await host.apply(snapshot("user_Ann"), snapshot("user_Bob", { email: null }))).toMatchObject([
      { outcome: "created" },
      { outcome: "created" },
    ]);
  });
});

test("a missing table is reported with the command that creates it", async () => {
  await using host = await openHost({ connections: 1 });
  await host.sql.query(`drop table rollcall."ClerkUser"; drop table "Customer"`);
  expect(await findings(host)).toEqual([
    'Table "Customer" does not exist: create it in your own migration, or name another one in `tables`',
    'Table rollcall."ClerkUser" does not exist: run `npx rollcall migrate`',
  ]);
});

test("all problems are reported together, each on its own line", async () => {
  await using host = await openHost({ connections: 1 });
  await host.sql.query(
    `alter table "User" add column slug text not null, alter column email set not null, drop column image; ${CUSTOMER_INDEX}`,
  );
  const found = await findings(host);
  expect(found).toHaveLength(4);
  for (const column of [`"User"."slug"`, `"User"."email"`, `"User"."image"`, `"Customer"."authUserId"`]) {
    expect(found).toContainEqual(expect.stringContaining(column));
  }
  for (const finding of found) await host.sql.query(printed(finding));
  await host.writePath.checkTables();
});

test("columns that the application added with a default, or nullable, do no harm", async () => {
  await using host = await openHost({ connections: 1 });
  await host.sql.query(
    `alter table "User" add column theme text not null default 'light', add column bio text,
       add column number bigint generated always as identity, add column shout text generated always as (upper(name)) stored`,
  );
  await host.writePath.checkTables();
  expect(await host.apply(snapshot("user_Ann"))).toMatchObject([{ outcome: "created" }]);
});

test("an @updatedAt of the users that only Prisma fills is written with the row", async () => {
  await using host = await openHost({ connections: 1 });
  await host.sql.query(`alter table "User" alter column "updatedAt" drop default`);
  expect(await host.apply(snapshot("user_Ann"))).toMatchObject([{ outcome: "created" }]);
  expect((await host.sql.query(`select from "User" where "updatedAt" > now() - interval '1 hour'`)).rowCount).toBe(1);
});

test("if a unique index is missing, the duplicates that would prevent it are found first", async () => {
  await using host = await openHost({ connections: 1 });
  await host.sql.query(
    `${CUSTOMER_INDEX} insert into "User" (id) values ('user_Ann'), ('user_Bob');
     insert into "Customer" ("authUserId") values ('user_Ann'), ('user_Ann'), ('user_Bob')`,
  );
  const [finding = ""] = await findings(host);
  expect(finding).toContain(`Column "Customer"."authUserId" must have a plain unique index`);
  const search = finding.match(/SELECT .* > 1/)?.[0] ?? "";
  expect((await host.sql.query(search)).rows).toEqual([{ authUserId: "user_Ann", count: "2" }]);
  expect(printed(finding)).toBe(`ALTER TABLE "Customer" ADD UNIQUE ("authUserId")`);
});

test("the application's own indexes do no harm", async () => {
  await using host = await openHost({ connections: 1 });
  await host.sql.query(
    `create unique index on "User" (lower(email)); create unique index on "User" (email) where name is null;
     alter table "Customer" add column "stripeId" text unique deferrable initially deferred`,
  );
  await host.writePath.checkTables();
  expect(await host.apply(snapshot("user_Ann"))).toMatchObject([{ outcome: "created" }]);
});

describe("a column for more of Clerk's fields that cannot hold them is reported, with the statement that fixes it:", () => {
  test.each<[string, string, string]>([
    ["a missing text", `alter table "User" drop column username`, `"username" is missing`],
    ["missing metadata", `alter table "User" drop column metadata`, `"metadata" is missing`],
    ["a missing flag", `alter table "User" drop column banned`, `"banned" is missing`],
    [
      "a required text",
      `alter table "User" alter column "lastName" set not null`,
      `"lastName" must be nullable, since not every Clerk user has one (or leave \`lastName\` out of \`tables.user.columns\`)`,
    ],
    ["a required key", `alter table "User" alter column plan set not null`, `"plan" must be nullable`],
    [
      "a time for a flag",
      `alter table "User" drop column banned, add banned timestamp(3)`,
      `"banned" is of type timestamp without time zone, and must be boolean`,
    ],
    [
      "a flag for a time",
      `alter table "User" drop column "clerkCreatedAt", add "clerkCreatedAt" boolean`,
      `"clerkCreatedAt" is of type boolean, and must be timestamp(3) with time zone`,
    ],
    [
      "a text for metadata",
      `alter table "User" drop column preferences, add preferences text default '{}'`,
      `"preferences" is of type text, and must be jsonb`,
    ],
    [
      "json, which cannot be compared, for metadata",
      `alter table "User" alter column metadata drop default, alter column metadata type json using metadata::json`,
      `"metadata" is of type json, and must be jsonb`,
    ],
    [
      "json, which cannot be compared, for a key",
      `alter table "User" alter column settings type json using settings::json`,
      `"settings" is of type json, and must be jsonb`,
    ],
  ])("%s", async (_, ddl, finding) => {
    await using host = await openHost({ connections: 1, mapping: "extra columns" });
    await host.sql.query(ddl);
    const found = await findings(host);
    expect(found).toEqual([expect.stringContaining(finding)]);
    for (const one of found) await host.sql.query(printed(one));
    const ann = snapshot("user_Ann", { extra: extraOf("user_Ann", at(0)) });
    expect(await host.apply(ann)).toMatchObject([{ outcome: "created" }]);
    expect(await host.apply(ann)).toMatchObject([{ outcome: "unchanged" }]);
    expect(await host.insertTombstones("user_Ann")).toMatchObject([{ outcome: "deleted" }]);
  });

  test.each(["text", "varchar(10)", "jsonb", '"Tier"'])("a key of the metadata may be of type %s", async (type) => {
    await using host = await openHost({ connections: 1, mapping: "extra columns" });
    await host.sql.query(`alter table "User" drop column plan, add plan ${type}`);
    const ann = snapshot("user_Ann", { extra: extraOf("user_Ann", at(0)) });
    expect(await host.apply(ann)).toMatchObject([{ outcome: "created" }]);
    expect(await host.apply(ann)).toMatchObject([{ outcome: "unchanged" }]);
    expect(await host.extras()).toMatchObject([{ plan: type === "jsonb" ? '"pro"' : "pro" }]);
  });
});
