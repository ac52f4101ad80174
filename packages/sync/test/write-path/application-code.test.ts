import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { at, type Host, openHost, snapshot } from "./host.ts";

let host: Host;
beforeAll(async () => {
  host = await openHost();
});
beforeEach(() => host.clear());
afterAll(() => host[Symbol.asyncDispose]());

const shown = async () => Object.fromEntries((await host.users()).map(({ id, email }) => [id, email]));

test("an application's own row without a key, if the key is nullable, keeps its address", async () => {
  await using nullable = await openHost({ connections: 2, mapping: "default" });
  await nullable.sql.query(
    `alter table "Customer" drop constraint "Customer_authUserId_fkey";
     alter table "User" drop constraint "User_pkey", add unique (id), alter column id drop not null;
     insert into "User" (email) values ('ann@example.com')`,
  );
  expect(await nullable.apply(snapshot("user_Ann"), snapshot("user_Bob"))).toEqual([
    { id: "user_Bob", outcome: "created", conflict: false },
    { id: "user_Ann", outcome: "created", conflict: true },
  ]);
  expect(await nullable.apply(snapshot("user_Ann", { checkedAt: at(5) }))).toMatchObject([
    { outcome: "unchanged", conflict: true },
  ]);
  expect((await nullable.users()).map(({ id, email }) => [id, email])).toEqual([
    ["user_Ann", null],
    ["user_Bob", "bob@example.com"],
    [null, "ann@example.com"],
  ]);
});

describe("the application's own code still works:", () => {
  test("an upsert by email finds a synced user and updates that row", async () => {
    await host.apply(snapshot("user_Ann"));
    const user = await host.prisma.user.upsert({
      where: { email: "ann@example.com" },
      create: { id: "own-1", email: "ann@example.com" },
      update: { name: "From the application" },
    });
    expect(user).toMatchObject({ id: "user_Ann", name: "From the application" });
  });

  test("an upsert by email creates a row with the application's own id if there is none", async () => {
    await host.prisma.user.upsert({
      where: { email: "own@example.com" },
      create: { id: "own-1", email: "own@example.com", name: "Own" },
      update: {},
    });
    await host.apply(snapshot("user_Ann"));
    expect(await shown()).toEqual({ "own-1": "own@example.com", user_Ann: "ann@example.com" });
  });

  test("createMany with skipDuplicates skips existing users, by id and by email", async () => {
    await host.apply(snapshot("user_Ann"), snapshot("user_Bob"));
    const { count } = await host.prisma.user.createMany({
      data: [
        { id: "own-1", email: "ann@example.com" },
        { id: "user_Bob", email: "other@example.com" },
        { id: "own-2", email: "own@example.com" },
      ],
      skipDuplicates: true,
    });
    expect(count).toBe(1);
    expect(await shown()).toEqual({
      "own-2": "own@example.com",
      user_Ann: "ann@example.com",
      user_Bob: "bob@example.com",
    });
  });

  test("a user is found with their customer, and can buy a plan", async () => {
    await host.apply(snapshot("user_Ann"));
    await host.prisma.customer.update({ where: { authUserId: "user_Ann" }, data: { plan: "PRO", name: "Ann Ltd" } });
    await host.apply(snapshot("user_Ann", { name: "Anna", updatedAt: at(1) }));
    const found = await host.prisma.user.findUnique({
      where: { email: "ann@example.com" },
      include: { customer: true },
    });
    expect(found).toMatchObject({ id: "user_Ann", name: "Anna", customer: { plan: "PRO", name: "Ann Ltd" } });
  });

  test("the verification queries of the users' guide hold", async () => {
    await host.apply(snapshot("user_Ann"));
    const users = await host.sql.query(`SELECT * FROM "User" WHERE email = 'ann@example.com'`);
    const customers = await host.sql.query(`SELECT * FROM "Customer"`);
    expect(users.rows).toMatchObject([{ id: "user_Ann", name: "Ann" }]);
    expect(customers.rows).toMatchObject([{ authUserId: "user_Ann", plan: "FREE" }]);
  });
});

describe("rows with the application's own ids", () => {
  const own = async () => (await host.sql.query(`select * from "User" where id = 'own-1'`)).rows;
  beforeEach(() =>
    host.sql.query(`insert into "User" (id, email, name, image) values ('own-1', 'own@example.com', 'Own', 'own.png')`),
  );

  test("are never written, whichever users are created, deleted or claim their address", async () => {
    const before = await host.versions();
    await host.apply(snapshot("user_Ann", { email: "own@example.com" }), snapshot("user_Bob"));
    await host.apply(snapshot("user_Bob", { email: "own@example.com", updatedAt: at(1) }));
    await host.insertTombstones("user_Ann", "user_Bob");
    expect((await host.versions()).filter(({ id }) => id === "own-1")).toEqual(before);
  });

  test("keep their address against every Clerk user, who gets a conflict and the other columns", async () => {
    const claimant = snapshot("user_Ann", { email: "own@example.com" });
    expect(await host.apply(claimant)).toEqual([{ id: "user_Ann", outcome: "created", conflict: true }]);
    expect(await host.apply(claimant)).toEqual([{ id: "user_Ann", outcome: "unchanged", conflict: true }]);
    expect(await host.users()).toMatchObject([
      { id: "own-1", email: "own@example.com" },
      { id: "user_Ann", email: null, emailVerified: null, name: "Ann" },
    ]);
    expect(await own()).toMatchObject([{ name: "Own", image: "own.png" }]);
  });

  test("leave the address to its claimant once they are deleted: the next sync writes it", async () => {
    const claimant = snapshot("user_Ann", { email: "own@example.com" });
    await host.apply(claimant);
    await host.prisma.user.delete({ where: { id: "own-1" } });
    expect(await host.apply(claimant)).toEqual([{ id: "user_Ann", outcome: "updated", conflict: false }]);
    expect(await shown()).toEqual({ user_Ann: "own@example.com" });
  });

  test.each(["", "user_", "user_Ä", "user_a-b", "USER_Ann", " user_Ann", "user_Ann\n", "x_user_Ann"])(
    "are the application's even if they resemble Clerk's: %j",
    async (id) => {
      await host.sql.query(`insert into "User" (id, email) values ($1, 'ann@example.com')`, [id]);
      expect(await host.apply(snapshot("user_Ann"))).toMatchObject([{ outcome: "created", conflict: true }]);
      expect(await host.apply(snapshot("user_Ann", { id, email: null }))).toMatchObject([{ id, outcome: "failed" }]);
      expect(await shown()).toMatchObject({ [id]: "ann@example.com" });
    },
  );
});

test("columns that the application added are left as they are, by changes, conflicts and deletions alike", async () => {
  await using other = await openHost({ connections: 1 });
  await other.sql.query(
    `alter table "User" add column theme text not null default 'light', add column "lastSeen" timestamptz;
     alter table "Customer" add column "stripeId" text`,
  );
  await other.apply(snapshot("user_Ann"));
  await other.sql.query(`update "User" set theme = 'dark', "lastSeen" = '2026-01-01Z'`);
  await other.sql.query(`update "Customer" set "stripeId" = 'cus_1'`);
  const added = async () =>
    (
      await other.sql.query(
        `select theme, "lastSeen", "stripeId" from "User" u join "Customer" c on c."authUserId" = u.id where u.id = 'user_Ann'`,
      )
    ).rows;
  const before = await added();
  await other.apply(snapshot("user_Ann", { name: "Anna", updatedAt: at(1) }));
  await other.apply(snapshot("user_Bob", { email: "ann@example.com", emailSince: at(9) }));
  await other.insertTombstones("user_Ann");
  expect(await added()).toEqual(before);
});

describe("a row of an earlier sync, with Clerk's id but not yet known to Rollcall,", () => {
  beforeEach(() =>
    host.sql.query(`insert into "User" (id, email, name) values ('user_Old', 'ann@example.com', 'Old')`),
  );

  test("loses its address to a user who claims it, and keeps the rest", async () => {
    expect(await host.apply(snapshot("user_Ann", { emailVerifiedAt: null }))).toEqual([
      { id: "user_Ann", outcome: "created", conflict: false },
    ]);
    expect(await host.users()).toMatchObject([
      { id: "user_Ann", email: "ann@example.com" },
      { id: "user_Old", email: null, name: "Old" },
    ]);
  });

  test("is not changed by other users", async () => {
    const before = await host.versions();
    await host.apply(snapshot("user_Bob"));
    expect((await host.versions()).filter(({ id }) => id === "user_Old")).toEqual(before);
  });

  test("has a claim by the rules once Clerk has described the user", async () => {
    await host.apply(snapshot("user_Ann", { emailVerifiedAt: null }));
    const adopted = snapshot("user_Old", { email: "ann@example.com" });
    expect(await host.apply(adopted)).toEqual([{ id: "user_Old", outcome: "updated", conflict: false }]);
    expect(await shown()).toEqual({ user_Ann: null, user_Old: "ann@example.com" });
  });
});

test("an application that deletes a Clerk user loses the customer with the row, and the next sync creates both again", async () => {
  await host.apply(snapshot("user_Ann"));
  await host.prisma.user.delete({ where: { id: "user_Ann" } });
  expect(await host.customers()).toEqual([]);
  expect(await host.apply(snapshot("user_Ann"))).toEqual([{ id: "user_Ann", outcome: "created", conflict: false }]);
  expect(await host.customers()).toEqual([{ authUserId: "user_Ann", name: "Ann", plan: "FREE" }]);
});
