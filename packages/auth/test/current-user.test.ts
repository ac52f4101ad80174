import { type Emulator, startEmulator } from "@rollcall/clerk-emulator";
import { createClient } from "@rollcall/db/client";
import { createTestDatabase, type TestDatabase } from "@rollcall/dev-stack/testing";
import { createRollcall, type Rollcall } from "@rollcall/sync";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createRollcallAuth, type RollcallAuth } from "../src/mount.ts";
import { control, ORIGIN, signIn } from "./sign-in.ts";

// Next has a request only while it answers one; here a test sets it.
let request: Headers;
vi.mock("next/headers.js", () => ({ headers: async () => request }));

let clerk: Emulator;
let database: TestDatabase;
let client: ReturnType<typeof createClient>;
beforeAll(async () => {
  clerk = await startEmulator({ users: 2 });
  database = await createTestDatabase();
  client = createClient(database.url);
});
afterAll(async () => {
  await client.$disconnect();
  await clerk[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

let rollcall: Rollcall;
let auth: RollcallAuth;
beforeEach(async () => {
  await control(clerk, "DELETE", "/faults");
  await client.$executeRawUnsafe(`truncate "User", "Customer", rollcall."ClerkUser"`);
  ({ rollcall, auth } = start(client));
  ({ cookie: request } = await signIn(clerk, clerk.memberUserId));
});

function start(db: typeof client) {
  const rollcall = createRollcall({ db, clerk: { secretKey: clerk.secretKey, apiUrl: clerk.url } });
  return {
    rollcall,
    auth: createRollcallAuth(rollcall, { publishableKey: clerk.publishableKey, authorizedParties: [ORIGIN] }),
  };
}

const member = () => expect.objectContaining({ id: clerk.memberUserId, email: clerk.memberEmail });

test("a signed-in caller is synced, and is the current user", async () => {
  expect(await auth.getCurrentUser()).toEqual(member());
  expect(await auth.requireUser()).toEqual(member());
  expect(await client.customer.count()).toBe(1);
});

test("a signed-out caller is null, and is refused if a user is required", async () => {
  request = new Headers({ host: "localhost:3000" });
  expect(await auth.getCurrentUser()).toBeNull();
  await expect(auth.requireUser()).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
});

test("a user who was deleted at Clerk is null, and is refused as deleted", async () => {
  await rollcall.applyDeletions([clerk.memberUserId], { instanceId: clerk.instanceId, deletedBy: "webhook" });
  expect(await auth.getCurrentUser()).toBeNull();
  await expect(auth.requireUser()).rejects.toMatchObject({ code: "USER_DELETED" });
});

test("a banned user is null and is refused, if the host says so", async () => {
  await client.$executeRawUnsafe(`alter table "User" add column banned boolean`);
  const columns = { email: "email", banned: "banned" };
  const rollcall = createRollcall({
    db: client,
    clerk: { secretKey: clerk.secretKey, apiUrl: clerk.url },
    tables: { user: { table: "User", key: "id", columns }, customer: null },
  });
  const options = { publishableKey: clerk.publishableKey, authorizedParties: [ORIGIN] };
  const refusing = createRollcallAuth(rollcall, { ...options, refuseBanned: true });
  expect(await refusing.requireUser()).toEqual(member());
  await control(clerk, "PATCH", `/users/${clerk.memberUserId}`, { banned: true });
  await rollcall.syncUser(clerk.memberUserId);
  expect(await refusing.getCurrentUser()).toBeNull();
  await expect(refusing.requireUser()).rejects.toMatchObject({ code: "USER_BANNED" });
  expect(await createRollcallAuth(rollcall, options).requireUser()).toEqual(member());
  await control(clerk, "PATCH", `/users/${clerk.memberUserId}`, { banned: false });
  await client.$executeRawUnsafe(`alter table "User" drop column banned`);
});

test("while Clerk is down, a user without a row stays signed in, and is refused only if the row is required", async () => {
  await control(clerk, "POST", "/faults", { status: 500, path: "/v1/users" });
  expect(await auth.getCurrentUser()).toEqual(
    expect.objectContaining({ id: null, clerkId: clerk.memberUserId, email: null }),
  );
  await expect(auth.requireUser()).rejects.toMatchObject({ code: "CLERK_ERROR" });
});

describe("if the key belongs to another instance than the database mirrors", () => {
  beforeEach(async () => {
    await auth.getCurrentUser();
    await client.$executeRawUnsafe(`update rollcall."ClerkInstance" set id = 'ins_other'`);
    ({ auth } = start(client));
  });
  afterEach(() => client.$executeRawUnsafe(`delete from rollcall."ClerkInstance"`));

  test("a user without a row stays signed in, and is refused only if the row is required", async () => {
    ({ cookie: request } = await signIn(clerk, clerk.adminUserId));
    expect(await auth.getCurrentUser()).toEqual(
      expect.objectContaining({ id: null, clerkId: clerk.adminUserId, email: null }),
    );
    await expect(auth.requireUser()).rejects.toMatchObject({ code: "INSTANCE_REFUSED" });
    expect(await client.user.count()).toBe(1);
  });

  test("a user with a row continues with it, and Clerk is not asked for five minutes", async () => {
    const later = Math.floor(Date.now() / 1_000) + 2;
    ({ cookie: request } = await signIn(clerk, clerk.memberUserId, { iat: later, updated_at: later }));
    expect(await auth.requireUser()).toEqual(member());
    await control(clerk, "DELETE", "/requests");
    expect(await auth.requireUser()).toEqual(member());
    expect(await control(clerk, "GET", "/requests")).toMatchObject({ total: 0 });
  });
});

test("while Clerk is down, a user with a row continues with it", async () => {
  await auth.getCurrentUser();
  await control(clerk, "POST", "/faults", { status: 500, path: "/v1/users" });
  const later = Math.floor(Date.now() / 1_000) + 2;
  ({ cookie: request } = await signIn(clerk, clerk.memberUserId, { iat: later, updated_at: later }));
  expect(await auth.requireUser()).toEqual(member());
});

test("while the database is down, a user stays signed in, and is refused only if the row is required", async () => {
  const away = new URL(database.url);
  away.port = "1";
  const gone = createClient(away.href);
  const { auth } = start(gone);
  expect(await auth.getCurrentUser()).toEqual(expect.objectContaining({ id: null, clerkId: clerk.memberUserId }));
  await expect(auth.requireUser()).rejects.toMatchObject({ code: "DATABASE_UNREACHABLE" });
  await gone.$disconnect();
});
