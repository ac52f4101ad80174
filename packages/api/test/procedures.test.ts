import type { TestDatabase } from "@rollcall/dev-stack/testing";
import { type MirroredUser, type StoredUser, SyncError } from "@rollcall/sync";
import { TRPCError } from "@trpc/server";
import { afterAll, beforeAll, beforeEach, expect, expectTypeOf, test } from "vitest";
import type { SyncState } from "../src/mount/index.ts";
import { type Clerk, startClerk } from "./app/clerk.ts";
import { createDatabaseWithQueue } from "./app/database.ts";
import { ORIGIN } from "./app/start-app.ts";

let database: TestDatabase;
let clerk: Clerk;
let host: Awaited<ReturnType<typeof loadHost>>;

beforeAll(async () => {
  database = await createDatabaseWithQueue();
  clerk = await startClerk();
  Object.assign(process.env, {
    POSTGRES_URL: database.url,
    CLERK_SECRET_KEY: clerk.secretKey,
    NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: clerk.publishableKey,
    CLERK_API_URL: clerk.url,
    APP_ORIGIN: ORIGIN,
  });
  host = await loadHost();
});
beforeEach(() => clerk.endFaults());
afterAll(async () => {
  await host.disconnect();
  await clerk[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** The application's own router, and a host's router that uses its procedures, called without HTTP. */
async function loadHost() {
  const { authedProcedure, adminProcedure, createCaller, createTRPCContext, publicProcedure, syncedProcedure } =
    await import("../src/index.ts");
  const { createCallerFactory, createTRPCRouter } = await import("../src/trpc.ts");
  const { db, rollcall } = await import("@rollcall/app");

  const router = createTRPCRouter({
    hello: publicProcedure.query(() => "hello"),
    authed: authedProcedure.query(({ ctx }) => {
      expectTypeOf(ctx.user).toEqualTypeOf<MirroredUser>();
      expectTypeOf(ctx.sync).toEqualTypeOf<SyncState>();
      expectTypeOf(ctx.headers).toEqualTypeOf<Headers>();
      return { user: ctx.user, sync: ctx.sync };
    }),
    synced: syncedProcedure.mutation(({ ctx }) => {
      expectTypeOf(ctx.user).toEqualTypeOf<StoredUser>();
      return ctx.user.id;
    }),
    admin: adminProcedure.query(({ ctx }) => ctx.user.id),
    broken: authedProcedure.query((): string => {
      throw new RangeError("the host's error");
    }),
  });
  const createHostCaller = createCallerFactory(router);
  const contextOf = (token?: string) =>
    createTRPCContext({ headers: new Headers(token === undefined ? {} : { authorization: `Bearer ${token}` }) });
  return {
    rollcall,
    app: (token?: string) => createCaller(contextOf(token)),
    call: (token?: string) => createHostCaller(contextOf(token)),
    disconnect: () => db.$disconnect(),
  };
}

const codesOf = async (call: Promise<unknown>) => {
  const error: unknown = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TRPCError)) throw new Error("a TRPCError was expected", { cause: error });
  const { code, message, cause } = error;
  return { code, firstWord: message.split(":")[0], cause: cause instanceof SyncError ? cause.code : cause };
};

test("a caller without HTTP gets what a server component needs, with times as dates", async () => {
  const { token } = await clerk.signIn(clerk.memberUserId);
  const { me, directory } = await host.app(token).sync.status();
  expect(me).toMatchObject({ state: "fresh", user: { id: clerk.memberUserId }, syncedAt: expect.any(Date) });
  expect(directory).toBeNull();
});

test("an authed procedure gets the synced caller", async () => {
  const id = await clerk.newUser();
  const { token } = await clerk.signIn(id);
  const { user, sync } = await host.call(token).authed();
  expect(user).toMatchObject({ id, clerkId: id, email: expect.stringContaining("@"), emailVerified: expect.any(Date) });
  expect(sync).toEqual({ state: "fresh", source: "clerk", syncedAt: expect.any(Date), conflict: false });
});

test("if the sync fails, an authed procedure runs and says how it failed, and a synced one refuses", async () => {
  const id = await clerk.newUser();
  const { token } = await clerk.signIn(id);
  await clerk.fail({ status: 404, path: `/v1/users/${id}` });
  expect(await host.call(token).authed()).toEqual({
    user: { id: null, clerkId: id, email: null, emailVerified: null, name: null, image: null },
    sync: { state: "unpersisted", source: "clerk", syncedAt: null, conflict: false, errorCode: "USER_NOT_FOUND" },
  });
  expect(await codesOf(host.call(token).synced())).toEqual({
    code: "SERVICE_UNAVAILABLE",
    firstWord: "USER_NOT_FOUND",
    cause: "USER_NOT_FOUND",
  });
});

test("a stale row is enough for a synced procedure", async () => {
  const id = await clerk.newUser();
  await host.call((await clerk.signIn(id)).token).authed();
  await clerk.fail({ status: 404, path: `/v1/users/${id}` });
  const later = Math.floor(Date.now() / 1_000) + 2;
  const { token } = await clerk.signIn(id, { iat: later, updated_at: later });
  expect((await host.call(token).authed()).sync).toMatchObject({ state: "stale", errorCode: "USER_NOT_FOUND" });
  expect(await host.call(token).synced()).toBe(id);
});

test("an address in another user's row is reported as a conflict, and the procedure runs", async () => {
  const [owner = "", other = ""] = await clerk.newUsers(2);
  await clerk.change(other, { email_addresses: [{ email_address: "shared@example.com" }] });
  await clerk.change(owner, { email_addresses: [{ email_address: "shared@example.com" }] });
  await host.call((await clerk.signIn(owner)).token).authed();
  const { user, sync } = await host.call((await clerk.signIn(other)).token).authed();
  expect({ user, sync }).toMatchObject({ user: { email: null }, sync: { state: "fresh", conflict: true } });
});

test("an admin procedure refuses everyone else", async () => {
  const member = await clerk.signIn(clerk.memberUserId);
  const admin = await clerk.signIn(clerk.adminUserId);
  expect(await codesOf(host.call(member.token).admin())).toMatchObject({ code: "FORBIDDEN" });
  expect(await host.call(admin.token).admin()).toBe(clerk.adminUserId);
});

test("a user who was deleted at Clerk is refused by every procedure but the public ones, even an admin", async () => {
  const id = await clerk.newUser();
  const { token } = await clerk.signIn(id, { metadata: { role: "admin" } });
  await host.rollcall.applyDeletions([id], { instanceId: clerk.instanceId, deletedBy: "webhook" });
  const caller = host.call(token);
  const { syncMe, status } = host.app(token).sync;
  for (const call of [caller.authed, caller.synced, caller.admin, caller.broken, syncMe, status]) {
    expect(await codesOf(call())).toEqual({ code: "FORBIDDEN", firstWord: "USER_DELETED", cause: "USER_DELETED" });
  }
  expect(await caller.hello()).toBe("hello");
});

test("a signed-out caller is refused by every procedure but the public ones", async () => {
  const caller = host.call();
  for (const call of [caller.authed, caller.synced, caller.admin, caller.broken]) {
    expect(await codesOf(call())).toEqual({
      code: "UNAUTHORIZED",
      firstWord: "UNAUTHENTICATED",
      cause: "UNAUTHENTICATED",
    });
  }
  expect(await caller.hello()).toBe("hello");
});

test("an error in a host's procedure keeps its cause on the server", async () => {
  const { token } = await clerk.signIn(clerk.memberUserId);
  expect(await codesOf(host.call(token).broken())).toMatchObject({
    code: "INTERNAL_SERVER_ERROR",
    cause: expect.any(RangeError),
  });
});
