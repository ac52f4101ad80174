import { createClient } from "@rollcall/db/client";
import type { TestDatabase } from "@rollcall/dev-stack/testing";
import { createRollcall, type UserCreated, type UserUpdated } from "@rollcall/sync";
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
    await clerk.webhooks({ url: way.isPushed ? `${app.url}/api/webhooks/clerk` : null });
  });

  /** Syncs the users, and checks that Clerk was asked if it does not push changes. */
  async function syncUsers(...ids: string[]): Promise<void> {
    const carryOver = await way.prepare(parts, ids);
    await clerk.forgetRequests();
    expect(await carryOver()).toEqual(ids.map(() => null));
    const { "GET /v1/users/:id": byId = 0, "GET /v1/users": lists = 0 } = await clerk.requests();
    if (!way.isPushed) expect(byId + lists).toBeGreaterThan(0);
  }
  const shown = async (id: string) => (await rowsOf(sql, id)).user;
  const address = (email_address: string) => ({ email_addresses: [{ email_address }] });

  test("a new user gets both rows, as Clerk says", async () => {
    const id = await clerk.newUser();
    await syncUsers(id);
    const user = await clerk.user(id);
    expect(await rowsOf(sql, id)).toMatchObject({
      user: asShown(user),
      customer: { name: asShown(user).name, plan: "FREE" },
      mirror: { updatedAt: user.updated_at, deletedBy: null },
    });
  });

  test("a process with handlers gets one user.created, with one key, and then one user.updated", async () => {
    const got: { type: string; key: string; userId: string; name: string | null }[] = [];
    const note = async ({ type, key, userId, user }: UserCreated | UserUpdated) =>
      got.push({ type, key, userId, name: user.name });
    const { effects } = createRollcall({
      db,
      clerk: { secretKey: clerk.secretKey, apiUrl: clerk.url },
      effects: { "user.created": note, "user.updated": note },
    });
    await effects.deliver(); // registers the handlers
    const [id = "", other = ""] = await clerk.newUsers(2);
    await syncUsers(id, other);
    await syncUsers(id);
    await effects.deliver();
    await clerk.change(id, { first_name: "Renamed" });
    await syncUsers(id);
    await effects.deliver();
    const { created_at } = await clerk.user(id);
    expect(got.filter(({ userId }) => userId === id)).toEqual([
      expect.objectContaining({ type: "user.created", key: `user.created:${id}:${created_at}` }),
      expect.objectContaining({ type: "user.updated", name: expect.stringMatching(/^Renamed /) }),
    ]);
    expect(got.filter(({ userId }) => userId === other)).toMatchObject([{ type: "user.created" }]);
    await effects.unregister("user.created");
    await effects.unregister("user.updated");
  });

  test("a new name appears, and the customer keeps the application's name and plan", async () => {
    const id = await clerk.newUser();
    await syncUsers(id);
    await sql.query(`update "Customer" set name = 'Company', plan = 'PRO' where "authUserId" = $1`, [id]);
    await clerk.change(id, { first_name: "Renamed" });
    await syncUsers(id);
    expect(await rowsOf(sql, id)).toMatchObject({
      user: asShown(await clerk.user(id)),
      customer: { name: "Company", plan: "PRO" },
    });
  });

  test("an email that moves to another user appears only there", async () => {
    const [giver = "", taker = ""] = await clerk.newUsers(2);
    await syncUsers(giver, taker);
    const { email } = asShown(await clerk.user(giver));
    await clerk.change(giver, address(`${giver}@example.com`));
    await clerk.change(taker, address(email ?? ""));
    await syncUsers(taker);
    expect(await shown(taker)).toMatchObject({ email });
    await syncUsers(giver);
    expect(await shown(taker)).toEqual(asShown(await clerk.user(taker)));
    expect(await shown(giver)).toEqual(asShown(await clerk.user(giver)));
  });

  test("two users who swap their emails get each other's", async () => {
    const [ann = "", bob = ""] = await clerk.newUsers(2);
    await syncUsers(ann, bob);
    const { email: anns } = asShown(await clerk.user(ann));
    const { email: bobs } = asShown(await clerk.user(bob));
    await clerk.change(ann, address(bobs ?? ""));
    await clerk.change(bob, address(anns ?? ""));
    await syncUsers(ann, bob);
    expect(await shown(ann)).toMatchObject({ email: bobs });
    expect(await shown(bob)).toMatchObject({ email: anns });
  });

  test("a user without an email has both rows, even if they had an email before", async () => {
    const id = await clerk.newUser();
    await clerk.change(id, { email_addresses: [], username: id });
    await syncUsers(id);
    expect(await rowsOf(sql, id)).toMatchObject({ user: { email: null, emailVerified: null }, customer: {} });
    await clerk.change(id, address(`${id}@example.com`));
    await syncUsers(id);
    expect(await shown(id)).toMatchObject({ email: `${id}@example.com`.toLowerCase() });
    await clerk.change(id, { email_addresses: [] });
    await syncUsers(id);
    expect(await shown(id)).toMatchObject({ email: null, emailVerified: null });
  });

  test("a snapshot that is older than the known one changes nothing", async () => {
    const id = await clerk.newUser();
    const { updated_at: before } = await clerk.user(id);
    await clerk.change(id, { first_name: "Newer" });
    await syncUsers(id);
    const newer = await rowsOf(sql, id);
    expect(newer.user?.name).toMatch(/^Newer /);
    await clerk.change(id, { first_name: "Older", updated_at: before });
    await syncUsers(id);
    expect((await rowsOf(sql, id)).user).toEqual(newer.user);
  });

  test("of two changes in one millisecond, the later one wins", async () => {
    const id = await clerk.newUser();
    const sameMoment = Date.now() + 2_000; // later than any response
    await clerk.change(id, { first_name: "First", updated_at: sameMoment });
    await syncUsers(id);
    expect(await shown(id)).toMatchObject({ name: expect.stringMatching(/^First /) });
    await clerk.change(id, { first_name: "Second", updated_at: sameMoment });
    await syncUsers(id);
    expect(await shown(id)).toMatchObject({ name: expect.stringMatching(/^Second /) });
  });

  test(
    way.isPushed
      ? "a deleted user becomes a tombstone without personal data"
      : "a user who is missing at Clerk keeps their rows, and is reported as not found if only they were asked about",
    async () => {
      const id = await clerk.newUser();
      await syncUsers(id);
      const before = await rowsOf(sql, id);
      const carryOver = await way.prepare(parts, [id]);
      await clerk.deleteUser(id);
      const [code] = await carryOver();
      const after = await rowsOf(sql, id);
      if (way.isPushed) {
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
