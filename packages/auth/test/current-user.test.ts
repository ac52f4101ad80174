import { type Emulator, startEmulator } from "@rollcall/clerk-emulator";
import { createClient } from "@rollcall/db/client";
import { createTestDatabase, type TestDatabase } from "@rollcall/dev-stack/testing";
import { createRollcall, type Rollcall } from "@rollcall/sync";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createRollcallAuth, type RollcallAuth } from "../src/mount.ts";
import { control, ORIGIN, signIn } from "./sign-in.ts";

// Next has a request only while it answers one; here a test says which it is.
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

test("who is signed in is synced, and is the current user", async () => {
  expect(await auth.getCurrentUser()).toEqual(member());
  expect(await auth.requireUser()).toEqual(member());
  expect(await client.customer.count()).toBe(1);
});

test("who is signed out is nobody, and is refused where a user is needed", async () => {
  request = new Headers({ host: "localhost:3000" });
  expect(await auth.getCurrentUser()).toBeNull();
  await expect(auth.requireUser()).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
});

test("who was deleted at Clerk is nobody, and is refused as such", async () => {
  await rollcall.applyDeletions([clerk.memberUserId], { instanceId: clerk.instanceId, deletedBy: "webhook" });
  expect(await auth.getCurrentUser()).toBeNull();
  await expect(auth.requireUser()).rejects.toMatchObject({ code: "USER_DELETED" });
});

test("while Clerk is away a user without a row is still signed in, and refused only where the row is needed", async () => {
  await control(clerk, "POST", "/faults", { status: 500, path: "/v1/users" });
  expect(await auth.getCurrentUser()).toEqual(expect.objectContaining({ id: clerk.memberUserId, email: null }));
  await expect(auth.requireUser()).rejects.toMatchObject({ code: "CLERK_ERROR" });
});

describe("where the key is of another instance than the one that the database mirrors", () => {
  beforeEach(async () => {
    await auth.getCurrentUser();
    await client.$executeRawUnsafe(`update rollcall."ClerkInstance" set id = 'ins_other'`);
    ({ auth } = start(client));
  });
  afterEach(() => client.$executeRawUnsafe(`delete from rollcall."ClerkInstance"`));

  test("a user without a row is still signed in, and refused only where the row is needed", async () => {
    ({ cookie: request } = await signIn(clerk, clerk.adminUserId));
    expect(await auth.getCurrentUser()).toEqual(expect.objectContaining({ id: clerk.adminUserId, email: null }));
    await expect(auth.requireUser()).rejects.toMatchObject({ code: "INSTANCE_REFUSED" });
    expect(await client.user.count()).toBe(1);
  });

  test("a user with a row goes on with it, and Clerk is left alone for five minutes", async () => {
    const later = Math.floor(Date.now() / 1_000) + 2;
    ({ cookie: request } = await signIn(clerk, clerk.memberUserId, { iat: later, updated_at: later }));
    expect(await auth.requireUser()).toEqual(member());
    await control(clerk, "DELETE", "/requests");
    expect(await auth.requireUser()).toEqual(member());
    expect(await control(clerk, "GET", "/requests")).toMatchObject({ total: 0 });
  });
});

test("while Clerk is away a user with a row goes on with it", async () => {
  await auth.getCurrentUser();
  await control(clerk, "POST", "/faults", { status: 500, path: "/v1/users" });
  const later = Math.floor(Date.now() / 1_000) + 2;
  ({ cookie: request } = await signIn(clerk, clerk.memberUserId, { iat: later, updated_at: later }));
  expect(await auth.requireUser()).toEqual(member());
});

test("while the database is away a user is still signed in, and refused only where the row is needed", async () => {
  const away = new URL(database.url);
  away.port = "1";
  const gone = createClient(away.href);
  const { auth } = start(gone);
  expect(await auth.getCurrentUser()).toEqual(expect.objectContaining({ id: clerk.memberUserId }));
  await expect(auth.requireUser()).rejects.toMatchObject({ code: "DATABASE_UNREACHABLE" });
  await gone.$disconnect();
});
