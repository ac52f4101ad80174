import { createRollcallAuth } from "@rollcall/auth/mount";
import { createClient } from "@rollcall/db/client";
import { createTestDatabase, type TestDatabase } from "@rollcall/dev-stack/testing";
import { createRollcall } from "@rollcall/sync";
import { prismaDatabase } from "@rollcall/sync/prisma";
import { initTRPC } from "@trpc/server";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createRollcallTRPC } from "../src/mount/index.ts";
import { type Clerk, startClerk } from "./app/clerk.ts";
import { countingDatabase } from "./app/counting-database.ts";
import { asShown, marks, rowsOf } from "./app/rows.ts";
import { ORIGIN } from "./app/start-app.ts";

let database: TestDatabase;
let clerk: Clerk;
let sql: pg.Pool;
let client: ReturnType<typeof createClient>;

beforeAll(async () => {
  database = await createTestDatabase();
  clerk = await startClerk();
  client = createClient(database.url);
  sql = new pg.Pool({ connectionString: database.url });
});
beforeEach(() => clerk.forgetRequests());
afterAll(async () => {
  await client.$disconnect();
  await sql.end();
  await clerk[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** A process that has just started: Rollcall in a host's own tRPC, called with a session token and without HTTP. */
function startInstance() {
  const db = countingDatabase(prismaDatabase(client));
  const rollcall = createRollcall({
    db,
    clerk: { secretKey: clerk.secretKey, apiUrl: clerk.url, webhookSigningSecret: clerk.webhookSigningSecret },
  });
  const auth = createRollcallAuth(rollcall, { publishableKey: clerk.publishableKey, authorizedParties: [ORIGIN] });
  const { authed } = createRollcallTRPC(rollcall, auth);
  const t = initTRPC.context<{ headers: Headers }>().create();
  const router = t.router({ whoami: t.procedure.concat(authed).query(({ ctx }) => ({ user: ctx.user, ...ctx.sync })) });
  const createCaller = t.createCallerFactory(router);
  return {
    db,
    rollcall,
    call: (token: string) =>
      createCaller({ headers: new Headers({ host: "localhost:3000", authorization: `Bearer ${token}` }) }).whoami(),
  };
}

test("a thousand concurrent calls of a new user ask Clerk once and write once", async () => {
  const id = await clerk.newUser();
  const { token } = await clerk.signIn(id);
  const instance = startInstance();
  const answers = await Promise.all(Array.from({ length: 1_000 }, () => instance.call(token)));

  const { user } = await rowsOf(sql, id);
  for (const answer of answers) expect(answer).toMatchObject({ state: "fresh", user: { id, email: user?.email } });
  expect(await clerk.requests()).toEqual({ "GET /v1/jwks": 1, "GET /v1/instance": 1, "GET /v1/users/:id": 1 });
  expect(instance.db.statements.filter((statement) => /insert into "User"/.test(statement))).toHaveLength(1);
  expect(user).toEqual(asShown(await clerk.user(id)));
});

test("a call whose user is remembered does no I/O at all", async () => {
  const { token } = await clerk.signIn(await clerk.newUser());
  const instance = startInstance();
  await instance.call(token);
  instance.db.forget();
  await clerk.forgetRequests();
  expect(await instance.call(token)).toMatchObject({ state: "fresh", source: "memory" });
  expect(instance.db.statements).toEqual([]);
  expect(await clerk.requests()).toEqual({});
});

test("a process that has just started finds a current row by one read, and does not ask Clerk about the user", async () => {
  const { token } = await clerk.signIn(await clerk.newUser());
  await startInstance().call(token);
  const before = await marks(sql);
  await clerk.forgetRequests();
  const cold = startInstance();
  expect(await cold.call(token)).toMatchObject({ state: "fresh", source: "database" });
  expect(cold.db.statements).toHaveLength(1);
  expect(await clerk.requests()).toEqual({ "GET /v1/jwks": 1 }); // the keys of session tokens, of no user
  expect(await marks(sql)).toEqual(before);
});

test("a changed user with a token that says so is seen at once", async () => {
  const id = await clerk.newUser();
  const instance = startInstance();
  await instance.call((await clerk.signIn(id)).token);
  const { updated_at } = await clerk.change(id, { first_name: "Renamed" });
  const later = Math.floor(updated_at / 1_000) + 1;
  const { token } = await clerk.signIn(id, { iat: later });
  expect(await instance.call(token)).toMatchObject({
    source: "clerk",
    user: { name: expect.stringMatching(/^Renamed /) },
  });
});

test("a token without the claim is content with a row of the last five minutes", async () => {
  const id = await clerk.newUser();
  const instance = startInstance();
  const { token } = await clerk.signIn(id, { updated_at: null });
  expect(await instance.call(token)).toMatchObject({ source: "clerk" });
  await clerk.change(id, { first_name: "Renamed" });
  expect(await instance.call(token)).toMatchObject({ state: "fresh", source: "memory" });

  const fiveMinutesAgo = new Date(Date.now() - 5 * 60_000 - 10_000);
  await sql.query(`update rollcall."ClerkUser" set "checkedAt" = $2 where id = $1`, [id, fiveMinutesAgo]);
  const { user, source } = await startInstance().call(token);
  expect(source).toBe("clerk");
  expect(user.name).toMatch(/^Renamed /);
});

test("rows that the application removed are created again by the next process that looks", async () => {
  const id = await clerk.newUser();
  const { token } = await clerk.signIn(id);
  await startInstance().call(token);
  await sql.query(`delete from "User" where id = $1`, [id]);
  expect(await startInstance().call(token)).toMatchObject({ state: "fresh", source: "clerk" });
  expect(await rowsOf(sql, id)).toMatchObject({ user: asShown(await clerk.user(id)), customer: { plan: "FREE" } });
});

test("a deletion that this process saw is seen by the next call", async () => {
  const id = await clerk.newUser();
  const { token } = await clerk.signIn(id);
  const instance = startInstance();
  await instance.call(token);
  await instance.rollcall.applyDeletions([id], { instanceId: clerk.instanceId, deletedBy: "webhook" });
  await expect(instance.call(token)).rejects.toMatchObject({
    code: "FORBIDDEN",
    message: expect.stringMatching(/^USER_DELETED: /),
  });
});
