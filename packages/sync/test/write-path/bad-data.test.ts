import { describe, expect, test } from "vitest";
import type { Applied, Snapshot } from "../../src/index.ts";
import { atScale } from "../rounds.ts";
import { at, openHost, snapshot } from "./host.ts";

const OTHERS = atScale(499, 63);

const everyoneElse = (count: number): Snapshot[] => Array.from({ length: count }, (_, i) => snapshot(`user_U${i}`));

/** A batch with one user in the middle that the database rejects. */
const around = (culprit: Snapshot, others: Snapshot[]): Snapshot[] => [
  ...others.slice(0, others.length >> 1),
  culprit,
  ...others.slice(others.length >> 1),
];

const failures = (results: Applied[]) => results.filter(({ outcome }) => outcome === "failed");
const outcomes = (results: Applied[]) => Object.fromEntries(results.map(({ id, outcome }) => [id, outcome]));
const refused = (reason: string) => [{ id: "user_Bad", outcome: "failed", code: "DATA_REJECTED", reason }];

const raising = (code: string) => `
  create function refuse() returns trigger language plpgsql as $$ begin
    if new.name = 'Culprit' then raise exception 'not this one' ${code}; end if;
    return new;
  end $$;
  create trigger refuse before insert or update on "User" for each row execute function refuse()`;

const NOTHING = "select";

describe(`one user of a page of ${OTHERS + 1} that the database rejects does not affect the others:`, () => {
  test.each<[string, string, Partial<Snapshot>, string]>([
    [
      "the application's CHECK",
      `alter table "User" add constraint polite check (name <> 'Culprit')`,
      { name: "Culprit" },
      "SQLSTATE 23514",
    ],
    ["a trigger that raises", raising(""), { name: "Culprit" }, "SQLSTATE P0001"],
    ["a trigger that raises its own code", raising("using errcode = 'AB123'"), { name: "Culprit" }, "SQLSTATE AB123"],
    [
      "a column that is too short",
      `alter table "User" alter name type varchar(10)`,
      { name: "A long name" },
      "SQLSTATE 22001",
    ],
    [
      "a name that is unique to the application",
      `alter table "User" add unique (name); insert into "User" (id, name) values ('own-1', 'Culprit')`,
      { name: "Culprit" },
      `SQLSTATE 23505: another row has the same "User"."name"`,
    ],
    [
      "a customer's name that is unique to the application",
      `alter table "Customer" add unique (name);
       insert into "User" (id) values ('own-1'); insert into "Customer" ("authUserId", name) values ('own-1', 'Culprit')`,
      { name: "Culprit" },
      `SQLSTATE 23505: another row has the same "Customer"."name"`,
    ],
    [
      "a column that is filled by a trigger, but not for this one",
      `alter table "User" add slug text not null default '';
       create function slug() returns trigger language plpgsql as $$ begin new.slug = nullif(new.name, 'Culprit'); return new; end $$;
       create trigger slug before insert or update on "User" for each row execute function slug()`,
      { name: "Culprit" },
      "SQLSTATE 23502",
    ],
    ["U+0000 in a text", NOTHING, { image: "\u0000" }, "SQLSTATE 22021"],
    [
      "a year of five digits, which Prisma could not read",
      NOTHING,
      { createdAt: new Date(Date.UTC(10_000, 0)) },
      "createdAt is not a valid time",
    ],
    ["an invalid time", NOTHING, { emailSince: new Date(Number.NaN) }, "emailSince is not a valid time"],
    ["an id that does not have Clerk's form", NOTHING, { id: "bad-1" }, "the id is not a Clerk user id"],
    ["an id too long for an index", NOTHING, { id: `user_${longText()}` }, "SQLSTATE 54000"],
    ["an address too long for an index", NOTHING, { email: longText() }, "SQLSTATE 54000"],
  ])("%s", async (_, ddl, differences, reason) => {
    await using host = await openHost({ connections: 2 });
    await host.sql.query(ddl);
    const culprit = snapshot("user_Bad", differences);
    const others = everyoneElse(OTHERS);
    const results = await host.apply(...around(culprit, others));
    expect(failures(results)).toEqual(refused(reason).map((one) => ({ ...one, id: culprit.id })));
    expect(outcomes(results)).toEqual({
      ...Object.fromEntries(others.map(({ id }) => [id, "created"])),
      [culprit.id]: "failed",
    });
    const ids = (await host.clerkUsers()).map(({ id }) => id);
    expect(new Set(ids)).toEqual(new Set(others.map(({ id }) => id)));
    const served = (await host.customers()).filter(({ authUserId }) => authUserId !== "own-1");
    expect(served).toHaveLength(OTHERS);
  });
});

/** So long and random that no compression makes it fit an index, which takes a third of a page. */
function longText(): string {
  let seed = 1;
  return Array.from({ length: 20_000 }, () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return (seed % 36).toString(36);
  }).join("");
}

const POLITE = `alter table "User" add constraint polite check (name <> 'Culprit')`;

test("the outcomes of the others are the same as without the culprit", async () => {
  await using host = await openHost({ connections: 2 });
  await host.sql.query(POLITE);
  await host.apply(snapshot("user_Old"), snapshot("user_Same"), snapshot("user_New", { updatedAt: at(5) }));
  await host.insertTombstones("user_Gone");
  const results = await host.apply(
    snapshot("user_Born"),
    snapshot("user_Old", { name: "Changed", updatedAt: at(1) }),
    snapshot("user_Bad", { name: "Culprit" }),
    snapshot("user_Same"),
    snapshot("user_New"),
    snapshot("user_Gone"),
  );
  expect(outcomes(results)).toEqual({
    user_Born: "created",
    user_Old: "updated",
    user_Bad: "failed",
    user_Same: "unchanged",
    user_New: "outdated",
    user_Gone: "deleted",
  });
});

test("several culprits are isolated, each with its own reason", async () => {
  await using host = await openHost({ connections: 2 });
  await host.sql.query(`${POLITE}; alter table "User" alter name type varchar(10)`);
  const results = await host.apply(
    snapshot("user_A", { name: "Culprit" }),
    ...everyoneElse(20),
    snapshot("user_B", { name: "A long name" }),
    snapshot("user_C", { image: "\u0000" }),
  );
  expect(Object.fromEntries(failures(results).map((one) => [one.id, "reason" in one && one.reason]))).toEqual({
    user_A: "SQLSTATE 23514",
    user_B: "SQLSTATE 22001",
    user_C: "SQLSTATE 22021",
  });
  expect(await host.users()).toHaveLength(20);
});

test("only an invalid user with a contested address fails, and the address goes to its owner", async () => {
  await using host = await openHost({ connections: 2 });
  await host.sql.query(POLITE);
  const memoizeFor = { email: "shared@example.com" };
  const results = await host.apply(
    snapshot("user_Bad", { ...memoizeFor, name: "Culprit", emailSince: at(9) }),
    snapshot("user_Ann", { ...memoizeFor, emailSince: at(5) }),
    snapshot("user_Bob", memoizeFor),
    ...everyoneElse(20),
  );
  expect(failures(results)).toEqual(refused("SQLSTATE 23514"));
  const users = Object.fromEntries((await host.users()).map(({ id, email }) => [id, email]));
  expect(users).toMatchObject({ user_Ann: "shared@example.com", user_Bob: null });
  expect(users).not.toHaveProperty("user_Bad");
  expect(await host.clerkUsers()).toHaveLength(22);
});

test("a user who was valid before stays unchanged when the new state is refused", async () => {
  await using host = await openHost({ connections: 2 });
  await host.sql.query(POLITE);
  await host.apply(snapshot("user_Bad"));
  const before = await host.versions();
  const results = await host.apply(snapshot("user_Bad", { name: "Culprit", updatedAt: at(1) }));
  expect(results).toEqual(refused("SQLSTATE 23514"));
  expect(await host.versions()).toEqual(before);
});

test("a refused user is accepted once the application's rule is removed", async () => {
  await using host = await openHost({ connections: 2 });
  await host.sql.query(POLITE);
  const culprit = snapshot("user_Bad", { name: "Culprit" });
  expect(await host.apply(culprit)).toMatchObject([{ outcome: "failed" }]);
  await host.sql.query(`alter table "User" drop constraint polite`);
  expect(await host.apply(culprit)).toEqual([{ id: "user_Bad", outcome: "created", conflict: false }]);
});

test("a deletion that the application's rules forbid fails only for that user", async () => {
  await using host = await openHost({ connections: 2 });
  await host.apply(snapshot("user_Bad"), snapshot("user_Ann"));
  await host.sql.query(`alter table "User" add constraint keep check (id <> 'user_Bad' or name is not null)`);
  const results = await host.insertTombstones("user_Ann", "user_Bad");
  expect(outcomes(results)).toEqual({ user_Ann: "deleted", user_Bad: "failed" });
  expect(failures(results)).toEqual(refused("SQLSTATE 23514"));
  expect(await host.users()).toMatchObject([
    { id: "user_Ann", name: null },
    { id: "user_Bad", name: "Bad" },
  ]);
});

test("a preview reports an invalid user, and continues with the others", async () => {
  await using host = await openHost({ connections: 2 });
  const results = await host.writePath.preview([snapshot("user_Ann"), snapshot("user_Bad", { image: "\u0000" })]);
  expect(outcomes(results)).toEqual({ user_Ann: "created", user_Bad: "failed" });
});
