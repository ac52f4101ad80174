import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { at, type Host, openHost, snapshot } from "./host.ts";

let host: Host;
beforeAll(async () => {
  host = await openHost();
});
beforeEach(() => host.clear());
afterAll(() => host[Symbol.asyncDispose]());

async function times(): Promise<{ createdAt: Date; updatedAt: Date }> {
  const { rows } = await host.sql.query(`select "createdAt", "updatedAt" from "User" where id = 'user_Ann'`);
  return rows[0];
}

test("a customer is created once; plan and name are the application's from then on", async () => {
  await host.apply(snapshot("user_Ann"));
  const { rows: before } = await host.sql.query(
    `update "Customer" set plan = 'BUSINESS', name = 'Ann Ltd' where "authUserId" = 'user_Ann' returning *`,
  );
  await host.apply(snapshot("user_Ann", { name: "Anna", updatedAt: at(1) }));
  await host.apply(snapshot("user_Ann", { name: "Anna", email: "anna@example.com", updatedAt: at(2) }));
  await host.apply(snapshot("user_Bob", { email: "anna@example.com", emailSince: at(9) })); // on the slow path
  const { rows: after } = await host.sql.query(`select * from "Customer" where "authUserId" = 'user_Ann'`);
  expect(after).toEqual(before);
});

test("a deletion clears the customer's name and keeps the plan", async () => {
  await host.apply(snapshot("user_Ann"));
  await host.sql.query(`update "Customer" set plan = 'PRO', name = 'Ann Ltd'`);
  await host.insertTombstones("user_Ann");
  expect(await host.customers()).toEqual([{ authUserId: "user_Ann", name: null, plan: "PRO" }]);
});

test("a user's row that was deleted manually comes back with a new customer at the next sync", async () => {
  await host.apply(snapshot("user_Ann"));
  await host.sql.query(`delete from "User" where id = 'user_Ann'`);
  expect(await host.customers(), "the customer went with it").toEqual([]);
  expect(await host.apply(snapshot("user_Ann"))).toEqual([{ id: "user_Ann", outcome: "created", conflict: false }]);
  expect(await host.users()).toMatchObject([{ id: "user_Ann", email: "ann@example.com", name: "Ann" }]);
  expect(await host.customers()).toEqual([{ authUserId: "user_Ann", name: "Ann", plan: "FREE" }]);
});

test("a customer that was deleted manually comes back, and the user's row is not counted as new", async () => {
  await host.apply(snapshot("user_Ann"));
  await host.sql.query(`delete from "Customer"`);
  expect(await host.apply(snapshot("user_Ann"))).toEqual([{ id: "user_Ann", outcome: "updated", conflict: false }]);
  expect(await host.customers()).toMatchObject([{ authUserId: "user_Ann", plan: "FREE" }]);
});

test("a row of an earlier sync is adopted as it is: its times stay, and it gets a customer", async () => {
  const { rows } = await host.sql.query(
    `insert into "User" (id, email, name, "createdAt") values ('user_Ann', 'ann@example.com', 'Old name', '2020-01-01Z') returning "createdAt"`,
  );
  expect(await host.apply(snapshot("user_Ann"))).toEqual([{ id: "user_Ann", outcome: "updated", conflict: false }]);
  expect((await times()).createdAt).toEqual(rows[0].createdAt);
  expect(await host.customers()).toMatchObject([{ authUserId: "user_Ann" }]);
});

test("the next sync corrects a manual edit of Clerk's data", async () => {
  await host.apply(snapshot("user_Ann"));
  await host.sql.query(`update "User" set name = 'By hand', image = null, "emailVerified" = null`);
  expect(await host.apply(snapshot("user_Ann"))).toMatchObject([{ outcome: "updated" }]);
  expect(await host.users()).toMatchObject([
    { name: "Ann", image: "https://img.example.com/user_Ann", emailVerified: at(0).getTime() },
  ]);
});

test("createdAt is when the row was created, updatedAt when it last changed, on the database's clock", async () => {
  const now = async () => (await host.sql.query(`select now()::timestamptz(3)`)).rows[0].now.getTime();
  const start = await now();
  await host.apply(snapshot("user_Ann"));
  const born = await times();
  expect(born.createdAt.getTime()).toBeGreaterThanOrEqual(start);
  expect(born.createdAt.getTime()).toBeLessThanOrEqual(await now());
  expect(born.updatedAt).toEqual(born.createdAt);

  await host.sql.query(`update "User" set "createdAt" = '2020-01-01Z', "updatedAt" = '2020-01-01Z'`);
  const aged = await times();
  await host.apply(snapshot("user_Ann", { checkedAt: at(1) }));
  expect(await times(), "nothing of the row changed").toEqual(aged);

  await host.apply(snapshot("user_Ann", { name: "Anna", updatedAt: at(2) }));
  const changed = await times();
  expect(changed.createdAt).toEqual(aged.createdAt);
  expect(changed.updatedAt.getTime()).toBeGreaterThanOrEqual(start);
});
