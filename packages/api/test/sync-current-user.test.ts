import { createTestDatabase, type TestDatabase } from "@rollcall/dev-stack/testing";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type Clerk, type Session, startClerk } from "./app/clerk.ts";
import { type Answer, cookieHeader, recordAnswers } from "./app/record-answers.ts";
import { asShown, rowsOf } from "./app/rows.ts";
import { type App, startApp } from "./app/start-app.ts";
import { errorCodeOf } from "./app/ways-in.ts";

const PATH = "/api/sync-current-user";
/** Nothing listens there. */
const NO_DATABASE = "postgresql://app:password@127.0.0.1:1/rollcall";

let database: TestDatabase;
let clerk: Clerk;
let app: App;
let sibling: App;
let cutOff: App;
let sql: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  clerk = await startClerk();
  [app, sibling, cutOff] = await Promise.all([
    startApp(clerk, database.url),
    startApp(clerk, database.url),
    startApp(clerk, NO_DATABASE),
  ]);
  sql = new pg.Pool({ connectionString: database.url });
});
afterAll(async () => {
  for (const each of [app, sibling, cutOff, clerk]) await each[Symbol.asyncDispose]();
  await sql.end();
  await database[Symbol.asyncDispose]();
});

const bearer = ({ token }: Session) => ({ authorization: `Bearer ${token}` });
const call = (session?: Session, at: App = app): Promise<Answer> =>
  recordAnswers(at).fetch(PATH, session && { headers: bearer(session) });

async function newcomer(): Promise<{ id: string; session: Session }> {
  const id = await clerk.newUser();
  return { id, session: await clerk.signIn(id) };
}

const syncedSchema = z.strictObject({
  ok: z.literal(true),
  outcome: z.enum(["created", "updated", "unchanged", "outdated"]),
  conflict: z.boolean(),
  source: z.literal("clerk"),
  user: z.strictObject({
    id: z.string(),
    email: z.string().nullable(),
    emailVerified: z.iso.datetime().nullable(),
    name: z.string().nullable(),
    image: z.string().nullable(),
  }),
  syncedAt: z.iso.datetime(),
});
const refusedSchema = z.strictObject({
  ok: z.literal(false),
  error: z.strictObject({ code: z.string(), message: z.string().min(1), hint: z.string().min(1) }),
});

const synced = ({ status, body }: Answer) => {
  expect(status, body).toBe(200);
  return syncedSchema.parse(JSON.parse(body));
};
const refused = ({ body }: Answer) => refusedSchema.parse(JSON.parse(body)).error;

describe("a sync that goes well", () => {
  test("answers with the outcome, the user as Clerk has it, and the time for which that is known to be true", async () => {
    const { id, session } = await newcomer();
    const { syncedAt, user, ...rest } = synced(await call(session));
    expect(rest).toEqual({ ok: true, outcome: "created", conflict: false, source: "clerk" });
    const { emailVerified, ...shown } = asShown(await clerk.user(id));
    expect(user).toEqual({ id, ...shown, emailVerified: new Date(emailVerified ?? Number.NaN).toISOString() });
    const { mirror, customer } = await rowsOf(sql, id);
    expect(Date.parse(syncedAt)).toBe(mirror?.checkedAt);
    expect(customer).toEqual({ name: shown.name, plan: "FREE" });
  });

  test.each([
    ["GET", "a Bearer token", bearer],
    ["POST", "a Bearer token", bearer],
    ["GET", "cookies", ({ cookies }: Session) => ({ cookie: cookieHeader(cookies) })],
    ["POST", "cookies", ({ cookies }: Session) => ({ cookie: cookieHeader(cookies) })],
  ])("%s with %s writes the caller's rows", async (method, _, headers) => {
    const { id, session } = await newcomer();
    const answer = await recordAnswers(app).fetch(PATH, { method, headers: headers(session) });
    expect(synced(answer).user.id).toBe(id);
    expect(await rowsOf(sql, id)).toMatchObject({ user: asShown(await clerk.user(id)), mirror: { deletedBy: null } });
  });

  test("asks Clerk also where the row is current, and says that nothing had changed", async () => {
    const { id, session } = await newcomer();
    synced(await call(session));
    await sql.query(`update "ClerkUser" set "requestedAt" = null where id = $1`, [id]);
    await clerk.forgetRequests();
    expect(synced(await call(session)).outcome).toBe("unchanged");
    expect(await clerk.requests()).toMatchObject({ "GET /v1/users/:id": 1 });
  });

  test("says that the caller's address is shown at another user", async () => {
    const [owner, other] = [await newcomer(), await newcomer()];
    const { email } = asShown(await clerk.user(owner.id));
    const verification = {
      object: "verification_otp",
      status: "unverified",
      strategy: "email_code",
      attempts: 0,
      expire_at: null,
    };
    synced(await call(owner.session));
    await clerk.change(other.id, { email_addresses: [{ email_address: email, verification }] });
    expect(synced(await call(other.session))).toMatchObject({ conflict: true, user: { id: other.id, email: null } });
  });
});

describe("the throttle", () => {
  const expectThrottled = (answer: Answer) => {
    expect(answer.status).toBe(429);
    expect(refused(answer).code).toBe("THROTTLED");
    const retryAfter = z.coerce.number().int().parse(answer.headers.get("retry-after"));
    expect(retryAfter).toBeGreaterThanOrEqual(1);
    expect(retryAfter).toBeLessThanOrEqual(10);
  };

  test("refuses the call after a success, says how many seconds to wait, and asks nothing of Clerk", async () => {
    const { session } = await newcomer();
    synced(await call(session));
    await clerk.forgetRequests();
    expectThrottled(await call(session));
    expect(await clerk.requests()).not.toHaveProperty("GET /v1/users/:id");
  });

  test("ends after ten seconds", async () => {
    const { id, session } = await newcomer();
    synced(await call(session));
    await sql.query(`update "ClerkUser" set "requestedAt" = "requestedAt" - interval '10 s' where id = $1`, [id]);
    synced(await call(session));
  });

  test("is not started by a failure", async () => {
    const { session } = await newcomer();
    await clerk.fail({ path: "/v1/users/", status: 500, times: 1 });
    expect((await call(session)).status).toBe(502);
    synced(await call(session));
  });

  test("is each user's own", async () => {
    const [one, other] = [await newcomer(), await newcomer()];
    synced(await call(one.session));
    synced(await call(other.session));
  });

  test("is one with that of syncMe, whichever came first", async () => {
    const [one, other] = [await newcomer(), await newcomer()];
    await app.trpc(one.session.token).sync.syncMe.mutate();
    expectThrottled(await call(one.session));
    synced(await call(other.session));
    const refusal = app.trpc(other.session.token).sync.syncMe.mutate().catch(errorCodeOf);
    expect(await refusal).toBe("THROTTLED");
  });

  test("holds in every process", async () => {
    const { session } = await newcomer();
    synced(await call(session));
    expectThrottled(await call(session, sibling));
  });
});

describe("a sync that fails", () => {
  test("401 UNAUTHENTICATED for a caller who is signed out", async () => {
    const answer = await call();
    expect(answer.status).toBe(401);
    expect(refused(answer).code).toBe("UNAUTHENTICATED");
  });

  test("403 USER_DELETED for a caller who was deleted, and the tombstone stays", async () => {
    const { id, session } = await newcomer();
    synced(await call(session));
    await clerk.webhooks({ url: `${app.url}/api/webhooks/clerk` });
    await clerk.deleteUser(id);
    await clerk.untilDelivered();
    await clerk.webhooks({ url: null });
    const answer = await call(session);
    expect(answer.status).toBe(403);
    expect(refused(answer).code).toBe("USER_DELETED");
    expect(await rowsOf(sql, id)).toMatchObject({ mirror: { deletedBy: "webhook" }, user: { email: null } });
  });

  test("404 USER_NOT_FOUND for a caller whom Clerk does not know, and no row is made", async () => {
    const { id, session } = await newcomer();
    await clerk.deleteUser(id);
    const answer = await call(session);
    expect(answer.status).toBe(404);
    expect(refused(answer).code).toBe("USER_NOT_FOUND");
    expect(await rowsOf(sql, id)).toEqual({ user: null, customer: null, mirror: null });
  });

  test.each([
    ["CLERK_ERROR", 502, "Clerk answers with an error", { status: 500 }],
    ["CLERK_UNAUTHORIZED", 502, "Clerk refuses the key", { status: 401 }],
    ["CLERK_UNREACHABLE", 502, "the connection to Clerk is lost", { resetRate: 1 }],
    ["CLERK_TIMEOUT", 504, "Clerk does not answer in time", { latencyMs: 10_000 }],
  ])("%s is a %i where %s, and the next call is served", async (code, status, _, fault) => {
    const { id, session } = await newcomer();
    await clerk.fail({ path: "/v1/users/", times: 1, ...fault });
    const answer = await call(session);
    expect(refused(answer).code).toBe(code);
    expect(answer.status).toBe(status);
    expect(await rowsOf(sql, id)).toMatchObject({ user: null, mirror: null });
    synced(await call(session));
  });

  test("CLERK_RATE_LIMITED is a 502 that says Clerk's quota, and how long Clerk wants to be left alone", async () => {
    const { session } = await newcomer();
    await clerk.fail({ path: "/v1/users/", status: 429, retryAfter: 7, times: 1 });
    const answer = await call(session);
    expect(answer.status).toBe(502);
    expect(refused(answer)).toMatchObject({ code: "CLERK_RATE_LIMITED", hint: expect.stringContaining("1,000") });
    expect(answer.headers.get("retry-after")).toBe("7");
  });

  test("503 DATABASE_UNREACHABLE where the database is away, and one line of the log says whose sync it was", async () => {
    const { id, session } = await newcomer();
    const answer = await call(session, cutOff);
    expect(answer.status).toBe(503);
    expect(refused(answer).code).toBe("DATABASE_UNREACHABLE");
    await expect
      .poll(() => cutOff.log().filter(({ userId }) => userId === id))
      .toEqual([expect.objectContaining({ event: "sync_failed", code: "DATABASE_UNREACHABLE" })]);
  });

  test("500 SCHEMA_MISMATCH where the tables are not as expected", async () => {
    const { session } = await newcomer();
    await sql.query(`alter table "Customer" rename to "Elsewhere"`);
    try {
      const answer = await call(session);
      expect(answer.status).toBe(500);
      expect(refused(answer).code).toBe("SCHEMA_MISMATCH");
    } finally {
      await sql.query(`alter table "Elsewhere" rename to "Customer"`);
    }
    synced(await call(session));
  });

  test("500 DATA_REJECTED where the application's own rule refuses the user", async () => {
    const { id, session } = await newcomer();
    await clerk.change(id, { first_name: "Nobody" });
    await sql.query(`alter table "User" add constraint "noNobody" check (name not like 'Nobody%')`);
    try {
      const answer = await call(session);
      expect(answer.status).toBe(500);
      expect(refused(answer).code).toBe("DATA_REJECTED");
    } finally {
      await sql.query(`alter table "User" drop constraint "noNobody"`);
    }
  });
});
