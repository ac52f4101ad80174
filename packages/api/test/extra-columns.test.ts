import type { TestDatabase } from "@rollcall/dev-stack/testing";
import { createRollcall, type UserColumns } from "@rollcall/sync";
import { initTRPC, TRPCError } from "@trpc/server";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createRollcallTRPC, type RollcallContext } from "../src/mount/index.ts";
import { type Clerk, startClerk } from "./app/clerk.ts";
import { createDatabaseWithQueue } from "./app/database.ts";
import { type MountedApp, mountApp } from "./app/mounted-app.ts";
import { incremental, type Parts, syncUser, waysIn } from "./app/ways-in.ts";

let database: TestDatabase;
let clerk: Clerk;
let mounted: MountedApp;
let sql: pg.Pool;
let parts: Parts;

const columns = {
  email: "email",
  name: "name",
  firstName: "first_name",
  username: "username",
  phone: "phone",
  phoneVerified: "phoneVerified",
  externalId: "externalId",
  banned: "banned",
  clerkCreatedAt: "clerkCreatedAt",
  publicMetadata: "metadata",
  "publicMetadata.plan": "membership",
  unsafeMetadata: { column: "preferences", acceptsUserInput: true },
} as const satisfies UserColumns;

const withColumns = (named: UserColumns) => ({
  user: { table: "User", key: "id", columns: named, updatedAt: "updatedAt" },
  customer: null,
});

beforeAll(async () => {
  database = await createDatabaseWithQueue();
  clerk = await startClerk();
  sql = new pg.Pool({ connectionString: database.url });
  await sql.query(`alter table "User" add first_name text, add username text unique, add phone text,
    add "phoneVerified" boolean not null default false, add "externalId" text, add banned boolean not null default false,
    add "clerkCreatedAt" timestamptz, add metadata jsonb not null default '{}', add membership text, add preferences jsonb`);
  mounted = await mountApp(clerk, database.url, withColumns(columns));
  parts = { clerk, sql, app: mounted.app, rollcall: mounted.rollcall };
  // A page's call waits 3 s at most: too short for the first connection on a crowded machine.
  await mounted.rollcall.syncUser(await clerk.newUser());
});
afterAll(async () => {
  await mounted[Symbol.asyncDispose]();
  await clerk[Symbol.asyncDispose]();
  await sql.end();
  await database[Symbol.asyncDispose]();
});

async function shown(id: string): Promise<unknown> {
  const { rows } = await sql.query(
    `select first_name, username, phone, "phoneVerified", "externalId", banned,
       (extract(epoch from "clerkCreatedAt") * 1000)::float8 as "clerkCreatedAt", metadata, membership, preferences
     from "User" where id = $1`,
    [id],
  );
  return rows[0];
}

const stored = async (id: string) =>
  (await sql.query(`select extra from rollcall."ClerkUser" where id = $1`, [id])).rows[0]?.extra;

describe.each([...waysIn, incremental, syncUser])("by $name", (way) => {
  beforeEach(async () => {
    await clerk.webhooks({ url: way.isPushed ? `${mounted.app.url}/api/rollcall/webhook` : null });
  });

  async function syncUsers(...ids: string[]): Promise<void> {
    const carryOver = await way.prepare(parts, ids);
    expect(await carryOver()).toEqual(ids.map(() => null));
  }

  test("each column holds what Clerk says, and what Clerk takes away is taken away", async () => {
    const id = await clerk.newUser();
    const { created_at } = await clerk.change(id, {
      first_name: "Ann",
      username: `ann_${id.slice(-8).toLowerCase()}`,
      phone_numbers: [{ phone_number: "+15555550101" }, { phone_number: "+15555550102" }],
      external_id: `own-${id}`,
      public_metadata: { plan: "pro", seats: [1, 2] },
      private_metadata: { salary: "never stored" },
      unsafe_metadata: { theme: "dark" },
      last_active_at: 1_790_000_000_000,
    });
    await syncUsers(id);
    expect(await shown(id)).toEqual({
      first_name: "Ann",
      username: `ann_${id.slice(-8).toLowerCase()}`,
      phone: "+15555550101",
      phoneVerified: true,
      externalId: `own-${id}`,
      banned: false,
      clerkCreatedAt: created_at,
      metadata: { plan: "pro", seats: [1, 2] },
      membership: "pro",
      preferences: { theme: "dark" },
    });
    expect(Object.keys(await stored(id)).toSorted()).toEqual(
      Object.keys(columns)
        .filter((field) => field !== "email" && field !== "name")
        .toSorted(),
    );

    await clerk.change(id, {
      first_name: null,
      username: null,
      phone_numbers: [],
      external_id: null,
      public_metadata: {},
      unsafe_metadata: {},
    });
    await syncUsers(id);
    expect(await shown(id)).toEqual({
      first_name: null,
      username: null,
      phone: null,
      phoneVerified: false,
      externalId: null,
      banned: false,
      clerkCreatedAt: created_at,
      metadata: {},
      membership: null,
      preferences: {},
    });
  });

  if (way.isPushed) {
    test("a deleted user leaves nothing in them", async () => {
      const id = await clerk.newUser();
      await clerk.change(id, { first_name: "Ann", public_metadata: { plan: "pro" } });
      await syncUsers(id);
      const carryOver = await way.prepare(parts, [id]);
      await clerk.deleteUser(id);
      await carryOver();
      expect(await shown(id)).toMatchObject({ first_name: null, clerkCreatedAt: null, metadata: {}, membership: null });
      expect(await stored(id)).toBeNull();
    });
  }
});

test("a column that is named later is filled by each user's next call, though their token has no news", async () => {
  await clerk.webhooks({ url: null });
  const id = await clerk.newUser();
  await clerk.change(id, { first_name: "Ann", public_metadata: { plan: "pro" } });
  const { token } = await clerk.signIn(id);
  const { "publicMetadata.plan": _, ...fewer } = columns;
  await using before = await mountApp(clerk, database.url, withColumns(fewer));
  await before.app.trpc(token).sync.status.query();
  expect(await shown(id)).toMatchObject({ first_name: "Ann", membership: null });

  await clerk.forgetRequests();
  await mounted.app.trpc(token).sync.status.query();
  await mounted.app.trpc(token).sync.status.query();
  expect(await shown(id)).toMatchObject({ first_name: "Ann", membership: "pro" });
  expect(await clerk.requests()).toMatchObject({ "GET /v1/users/:id": 1 });
});

describe("a banned caller", () => {
  const t = initTRPC.context<RollcallContext>().create();

  /** How a host's procedures refuse the user, by the first word of the error; null for those that run. */
  async function refusals(id: string, refuseBanned: boolean | undefined): Promise<(string | null)[]> {
    const { authed, synced, admin } = createRollcallTRPC(mounted.rollcall, { ...mounted.auth, refuseBanned });
    const router = t.router({
      authed: t.procedure.concat(authed).query(() => null),
      synced: t.procedure.concat(synced).query(() => null),
      admin: t.procedure.concat(admin).query(() => null),
    });
    const { token } = await clerk.signIn(id, { metadata: { role: "admin" } });
    const caller = t.createCallerFactory(router)({ headers: new Headers({ authorization: `Bearer ${token}` }) });
    return Promise.all(
      [caller.authed, caller.synced, caller.admin].map((call) =>
        call().catch((error: unknown) => {
          if (!(error instanceof TRPCError)) throw error;
          return `${error.code} ${error.message.split(":")[0]}`;
        }),
      ),
    );
  }

  /** Changes the user at Clerk, and here as a webhook would. */
  async function change(id: string, fields: Record<string, unknown>): Promise<void> {
    await clerk.change(id, fields);
    await mounted.rollcall.syncUser(id);
  }

  const REFUSED = "FORBIDDEN USER_BANNED";

  test("is refused by every procedure behind a sign-in, even an admin, until the ban is lifted", async () => {
    const id = await clerk.newUser();
    await change(id, { banned: true });
    expect(await refusals(id, true)).toEqual([REFUSED, REFUSED, REFUSED]);
    await change(id, { banned: false });
    expect(await refusals(id, true)).toEqual([null, null, null]);
  });

  test("is not refused unless the host says so, and may sync their own row", async () => {
    const id = await clerk.newUser();
    await change(id, { banned: true });
    expect(await refusals(id, undefined)).toEqual([null, null, null]);
    const { token } = await clerk.signIn(id);
    expect(await mounted.app.trpc(token).sync.syncMe.mutate()).toMatchObject({ user: { id } });
    await expect(mounted.app.trpc(token).sync.status.query()).rejects.toThrow("USER_BANNED");
  });

  test("is not one who is locked: a lock ends by itself", async () => {
    const id = await clerk.newUser();
    await change(id, { locked: true });
    expect(await refusals(id, true)).toEqual([null, null, null]);
  });

  test("cannot be refused without a column that says who is banned", () => {
    const rollcall = createRollcall({
      db: { query: async () => [], transaction: async () => Promise.reject(new Error("not used")) },
      clerk: { secretKey: clerk.secretKey, apiUrl: clerk.url },
    });
    expect(() => createRollcallTRPC(rollcall, { ...mounted.auth, refuseBanned: true })).toThrow(
      "name one in `tables.user.columns.banned`",
    );
  });
});
