import { createClient } from "@rollcall/db/client";
import type { TestDatabase } from "@rollcall/dev-stack/testing";
import { createRollcall } from "@rollcall/sync";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Clerk, startClerk } from "./app/clerk.ts";
import { createDatabaseWithQueue } from "./app/database.ts";
import { asShown, rowsOf } from "./app/rows.ts";
import { type App, startApp } from "./app/start-app.ts";
import { type Parts, waysIn } from "./app/ways-in.ts";

let database: TestDatabase;
let clerk: Clerk;
let app: App;
let sql: pg.Pool;
let db: ReturnType<typeof createClient>;
let parts: Parts;

beforeAll(async () => {
  database = await createDatabaseWithQueue();
  clerk = await startClerk();
  app = await startApp(clerk, database.url);
  sql = new pg.Pool({ connectionString: database.url });
  db = createClient(database.url);
  const rollcall = createRollcall({
    db,
    connectionString: database.url,
    clerk: { secretKey: clerk.secretKey, apiUrl: clerk.url },
  });
  parts = { clerk, app, sql, rollcall };
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await clerk[Symbol.asyncDispose]();
  await db.$disconnect();
  await sql.end();
  await database[Symbol.asyncDispose]();
});

describe.each(waysIn)("by $name", (way) => {
  beforeEach(async () => {
    await clerk.webhooks({ url: way.told ? `${app.url}/api/webhooks/clerk` : null });
  });

  /** Carries the users over, and makes sure that Clerk was asked where it does not tell by itself. */
  async function carry(...ids: string[]): Promise<void> {
    const carryOver = await way.prepare(parts, ids);
    await clerk.forgetRequests();
    expect(await carryOver()).toEqual(ids.map(() => null));
    const { "GET /v1/users/:id": byId = 0, "GET /v1/users": lists = 0 } = await clerk.requests();
    if (!way.told) expect(byId + lists).toBeGreaterThan(0);
  }
  const shown = async (id: string) => (await rowsOf(sql, id)).user;
  const address = (email_address: string) => ({ email_addresses: [{ email_address }] });

  test("a user who was never seen gets both rows, as Clerk says", async () => {
    const id = await clerk.newUser();
    await carry(id);
    const user = await clerk.user(id);
    expect(await rowsOf(sql, id)).toMatchObject({
      user: asShown(user),
      customer: { name: asShown(user).name, plan: "FREE" },
      mirror: { updatedAt: user.updated_at, deletedBy: null },
    });
  });

  test("a new name is shown, and the customer keeps the name and the plan that the application gave", async () => {
    const id = await clerk.newUser();
    await carry(id);
    await sql.query(`update "Customer" set name = 'Company', plan = 'PRO' where "authUserId" = $1`, [id]);
    await clerk.change(id, { first_name: "Renamed" });
    await carry(id);
    expect(await rowsOf(sql, id)).toMatchObject({
      user: asShown(await clerk.user(id)),
      customer: { name: "Company", plan: "PRO" },
    });
  });

  test("an email that moves to another user is shown there alone", async () => {
    const [giver = "", taker = ""] = await clerk.newUsers(2);
    await carry(giver, taker);
    const { email } = asShown(await clerk.user(giver));
    await clerk.change(giver, address(`${giver}@example.com`));
    await clerk.change(taker, address(email ?? ""));
    await carry(taker);
    expect(await shown(taker)).toMatchObject({ email });
    await carry(giver);
    expect(await shown(taker)).toEqual(asShown(await clerk.user(taker)));
    expect(await shown(giver)).toEqual(asShown(await clerk.user(giver)));
  });

  test("two users who swap their emails show each other's", async () => {
    const [ann = "", bob = ""] = await clerk.newUsers(2);
    await carry(ann, bob);
    const { email: anns } = asShown(await clerk.user(ann));
    const { email: bobs } = asShown(await clerk.user(bob));
    await clerk.change(ann, address(bobs ?? ""));
    await clerk.change(bob, address(anns ?? ""));
    await carry(ann, bob);
    expect(await shown(ann)).toMatchObject({ email: bobs });
    expect(await shown(bob)).toMatchObject({ email: anns });
  });

  test("a user without an email has both rows, also where there was one before", async () => {
    const id = await clerk.newUser();
    await clerk.change(id, { email_addresses: [], username: id });
    await carry(id);
    expect(await rowsOf(sql, id)).toMatchObject({ user: { email: null, emailVerified: null }, customer: {} });
    await clerk.change(id, address(`${id}@example.com`));
    await carry(id);
    expect(await shown(id)).toMatchObject({ email: `${id}@example.com`.toLowerCase() });
    await clerk.change(id, { email_addresses: [] });
    await carry(id);
    expect(await shown(id)).toMatchObject({ email: null, emailVerified: null });
  });

  test("what is older than what is known changes nothing", async () => {
    const id = await clerk.newUser();
    const { updated_at: before } = await clerk.user(id);
    await clerk.change(id, { first_name: "Newer" });
    await carry(id);
    const newer = await rowsOf(sql, id);
    expect(newer.user?.name).toMatch(/^Newer /);
    await clerk.change(id, { first_name: "Older", updated_at: before });
    await carry(id);
    expect((await rowsOf(sql, id)).user).toEqual(newer.user);
  });

  test("of two changes in one millisecond the later one stands", async () => {
    const id = await clerk.newUser();
    const sameMoment = Date.now() + 2_000; // late enough that no answer is dated after it
    await clerk.change(id, { first_name: "First", updated_at: sameMoment });
    await carry(id);
    expect(await shown(id)).toMatchObject({ name: expect.stringMatching(/^First /) });
    await clerk.change(id, { first_name: "Second", updated_at: sameMoment });
    await carry(id);
    expect(await shown(id)).toMatchObject({ name: expect.stringMatching(/^Second /) });
  });

  test(
    way.told
      ? "a deleted user becomes a tombstone, and no personal data is left"
      : "a user who is gone at Clerk keeps the rows, and is reported as not found where one user was asked about",
    async () => {
      const id = await clerk.newUser();
      await carry(id);
      const before = await rowsOf(sql, id);
      const carryOver = await way.prepare(parts, [id]);
      await clerk.deleteUser(id);
      const [code] = await carryOver();
      const after = await rowsOf(sql, id);
      if (way.told) {
        expect(code).toBeNull();
        expect(after).toMatchObject({
          user: { email: null, emailVerified: null, name: null, image: null },
          customer: { name: null, plan: "FREE" },
          mirror: { email: null, deletedBy: "webhook" },
        });
      } else {
        expect(code).toBe(way.name === "sync:all" ? null : "USER_NOT_FOUND");
        expect(after.user).toEqual(before.user);
        expect(after).toMatchObject({ customer: before.customer, mirror: { deletedBy: null } });
      }
    },
  );
});
