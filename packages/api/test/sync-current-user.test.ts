import { once } from "node:events";
import { createServer } from "node:http";
import { createTestDatabase, type TestDatabase } from "@rollcall/dev-stack/testing";
import { errorCatalog } from "@rollcall/sync";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod/v4";
import { type Clerk, type Session, startClerk } from "./app/clerk.ts";
import { cookieHeader } from "./app/record-answers.ts";
import { asShown, marks, rowsOf } from "./app/rows.ts";
import { type App, startApp } from "./app/start-app.ts";

let database: TestDatabase;
let clerk: Clerk;
let app: App;
let sql: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  clerk = await startClerk();
  app = await startApp(clerk, database.url);
  sql = new pg.Pool({ connectionString: database.url });
});
beforeEach(() => clerk.endFaults());
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await clerk[Symbol.asyncDispose]();
  await sql.end();
  await database[Symbol.asyncDispose]();
});

const ask = async (headers: Record<string, string>, method = "GET") => {
  const answer = await app.fetch("/api/sync-current-user", { method, headers });
  expect(answer.headers.get("cache-control")).toBe("private, no-store");
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
};
const bearer = ({ token }: Session) => ({ authorization: `Bearer ${token}` });
const cookie = ({ cookies }: Session) => ({ cookie: cookieHeader(cookies) });
const refusal = (code: string) => ({
  ok: false,
  error: { code, message: expect.stringMatching(/\.$/), hint: expect.stringMatching(/\.$/) },
});

describe.each([
  ["GET with a Bearer token", "GET", bearer],
  ["POST with a Bearer token", "POST", bearer],
  ["GET with cookies", "GET", cookie],
  ["POST with cookies", "POST", cookie],
] as const)("%s", (_, method, credentials) => {
  test("creates the rows of a user without a webhook, and reports the outcome", async () => {
    const id = await clerk.newUser();
    const { status, body } = await ask(credentials(await clerk.signIn(id)), method);
    const { user, mirror } = await rowsOf(sql, id);
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        ok: true,
        outcome: "created",
        conflict: false,
        source: "clerk",
        user: { ...user, id, clerkId: id, emailVerified: new Date(user?.emailVerified ?? 0).toISOString() },
        syncedAt: new Date(mirror?.checkedAt ?? 0).toISOString(),
      },
    });
    expect(user).toEqual(asShown(await clerk.user(id)));
  });
});

describe("the throttle", () => {
  test("a success makes the next call wait, and says for how long; syncMe shares it", async () => {
    const id = await clerk.newUser();
    const session = await clerk.signIn(id);
    expect(await ask(bearer(session))).toMatchObject({ status: 200 });
    await clerk.forgetRequests();
    const again = await ask(cookie(session), "POST");
    expect(again).toMatchObject({ status: 429, body: refusal("THROTTLED") });
    expect(Number(again.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    expect(Number(again.headers.get("retry-after"))).toBeLessThanOrEqual(10);
    await expect(app.trpc(session.token).sync.syncMe.mutate()).rejects.toMatchObject({
      data: { code: "TOO_MANY_REQUESTS", errorCode: "THROTTLED", retryAfterMs: expect.any(Number) },
    });
    expect(await clerk.requests()).toEqual({});
  });

  test("it ends after ten seconds, and is stored in the database", async () => {
    const id = await clerk.newUser();
    const session = await clerk.signIn(id);
    await app.trpc(session.token).sync.syncMe.mutate();
    expect(await ask(bearer(session))).toMatchObject({ status: 429 });
    await sql.query(`update rollcall."ClerkUser" set "requestedAt" = "requestedAt" - interval '10 s' where id = $1`, [
      id,
    ]);
    expect(await ask(bearer(session))).toMatchObject({ status: 200, body: { outcome: "unchanged" } });
  });

  test("a failure starts it, too", async () => {
    const session = await clerk.signIn(await clerk.newUser());
    await clerk.fail({ status: 500, path: "/v1/users", times: 1 });
    expect(await ask(bearer(session))).toMatchObject({ status: 502 });
    expect(await ask(bearer(session))).toMatchObject({ status: 429, body: refusal("THROTTLED") });
  });

  test("another user does not wait", async () => {
    const [ann = "", bob = ""] = await clerk.newUsers(2);
    expect(await ask(bearer(await clerk.signIn(ann)))).toMatchObject({ status: 200 });
    expect(await ask(bearer(await clerk.signIn(bob)))).toMatchObject({ status: 200 });
  });

  test("simultaneous calls share one request to Clerk", async () => {
    const session = await clerk.signIn(await clerk.newUser());
    await clerk.forgetRequests();
    await clerk.fail({ latencyMs: 500, path: "/v1/users" }); // so that the last call arrives before the first is done
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask(bearer(session))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200]);
    expect(await clerk.requests()).toEqual({ "GET /v1/users/:id": 1 });
  });
});

test("a wrong clock is named when a token is refused", async () => {
  // Clerk as seen from a machine whose clock is an hour behind.
  const shifted = createServer(async (request, response) => {
    const answer = await fetch(`${clerk.url}${request.url}`, {
      headers: { authorization: request.headers.authorization ?? "" },
    });
    response.setHeader("date", new Date(Date.now() + 3_600_000).toUTCString());
    response.end(await answer.text());
  }).listen(0, "127.0.0.1");
  await once(shifted, "listening");
  const address = z.object({ port: z.number() }).parse(shifted.address());
  await using other = await startApp(clerk, database.url, { CLERK_API_URL: `http://127.0.0.1:${address.port}` });
  const iat = Math.floor(Date.now() / 1_000) + 3_600;
  const { token } = await clerk.signIn(await clerk.newUser(), { iat, nbf: iat, exp: iat + 60 });
  const answer = await other.fetch("/api/sync-current-user", { headers: { authorization: `Bearer ${token}` } });
  shifted.close();
  expect({ status: answer.status, body: await answer.json() }).toMatchObject({
    status: 401,
    body: { error: { code: "UNAUTHENTICATED", hint: expect.stringMatching(/clock is 3[56]\d\d s behind Clerk's/) } },
  });
  await expect.poll(() => other.log()).toMatchObject([{ event: "clock_differs" }]);
});

describe("refusals", () => {
  test("a signed-out caller: 401, and no redirect", async () => {
    expect(await ask({})).toMatchObject({ status: 401, body: refusal("UNAUTHENTICATED") });
    expect(await ask({ authorization: "Bearer nonsense" })).toMatchObject({ status: 401 });
  });

  test("a user who is missing at Clerk: 404, and the rows stay", async () => {
    const id = await clerk.newUser();
    const session = await clerk.signIn(id);
    await ask(bearer(session));
    await sql.query(`update rollcall."ClerkUser" set "requestedAt" = null where id = $1`, [id]);
    await clerk.deleteUser(id);
    const before = await rowsOf(sql, id);
    expect(await ask(bearer(session))).toMatchObject({ status: 404, body: refusal("USER_NOT_FOUND") });
    expect(await rowsOf(sql, id)).toEqual(before);
  });

  test("a user with a tombstone: 403, whether Clerk answers or not", async () => {
    const id = await clerk.newUser();
    const session = await clerk.signIn(id);
    await sql.query(
      `insert into rollcall."ClerkUser" (id, "instanceId", "syncedAt", "deletedAt", "deletedBy") values ($1, $2, now(), now(), 'webhook')`,
      [id, clerk.instanceId],
    );
    expect(await ask(bearer(session))).toMatchObject({ status: 403, body: refusal("USER_DELETED") });
    await clerk.deleteUser(id);
    expect(await ask(bearer(session))).toMatchObject({ status: 403, body: refusal("USER_DELETED") });
  });

  test("a key of another instance than the database mirrors: 403, and nothing is written", async () => {
    const session = await clerk.signIn(await clerk.newUser());
    await using other = await startApp(clerk, database.url);
    await sql.query(
      `insert into rollcall."ClerkInstance" (id, "adoptedAt") values ('ins_x', now()) on conflict ((true)) do update set id = 'ins_x'`,
    );
    const before = await marks(sql);
    const answer = await other.fetch("/api/sync-current-user", { headers: bearer(session) });
    await sql.query(`update rollcall."ClerkInstance" set id = $1`, [clerk.instanceId]);
    expect({ status: answer.status, body: await answer.json() }).toEqual({
      status: 403,
      body: refusal("INSTANCE_REFUSED"),
    });
    expect(await marks(sql)).toEqual(before);
  });

  test("a wait of hours is not passed on: Retry-After is at most five minutes", async () => {
    await clerk.fail({ status: 429, retryAfter: 86_400, path: "/v1/users" });
    const answer = await ask(bearer(await clerk.signIn(await clerk.newUser())));
    expect(answer).toMatchObject({ status: 502, body: refusal("CLERK_RATE_LIMITED") });
    expect(answer.headers.get("retry-after")).toBe("300");
  });

  test("an unexpected error: 500 UNEXPECTED, and a line in the log", async () => {
    // Every token of Clerk has this claim.
    const answer = await ask(bearer(await clerk.signIn(await clerk.newUser(), { iat: null })));
    expect(answer).toMatchObject({ status: 500, body: refusal("UNEXPECTED") });
    await expect
      .poll(() => app.log())
      .toContainEqual(expect.objectContaining({ event: "endpoint_failed", endpoint: "sync-current-user" }));
  });

  test.each([
    [{ status: 500 }, 502, "CLERK_ERROR"],
    [{ status: 401 }, 502, "CLERK_UNAUTHORIZED"],
    [{ resetRate: 1 }, 502, "CLERK_UNREACHABLE"],
    [{ status: 429, retryAfter: 7 }, 502, "CLERK_RATE_LIMITED"],
    [{ latencyMs: 60_000 }, 504, "CLERK_TIMEOUT"],
  ] as const)("Clerk fails with %j: %i %s, and a line in the log", async (fault, status, code) => {
    const id = await clerk.newUser();
    await clerk.fail({ ...fault, path: "/v1/users" });
    const answer = await ask(bearer(await clerk.signIn(id)));
    expect(answer).toMatchObject({ status, body: refusal(code) });
    expect(answer.headers.get("retry-after")).toBe(code === "CLERK_RATE_LIMITED" ? "7" : null);
    await expect
      .poll(() => app.log().filter(({ userId }) => userId === id))
      .toMatchObject([{ event: "sync_failed", userId: id, code, hint: errorCatalog[code].hint }]);
  });

  test("data that the database refuses: 500 DATA_REJECTED", async () => {
    const id = await clerk.newUser();
    await sql.query(`alter table "User" add constraint short check (length(name) < 3) not valid`);
    expect(await ask(bearer(await clerk.signIn(id)))).toMatchObject({ status: 500, body: refusal("DATA_REJECTED") });
    await sql.query(`alter table "User" drop constraint short`);
  });

  test("tables that are not as expected: 500 SCHEMA_MISMATCH", async () => {
    const id = await clerk.newUser();
    await using other = await startApp(clerk, database.url);
    await sql.query(
      `alter table "User" add column slug text not null default 'x'; alter table "User" alter slug drop default`,
    );
    const answer = await other.fetch("/api/sync-current-user", { headers: bearer(await clerk.signIn(id)) });
    expect({ status: answer.status, body: await answer.json() }).toMatchObject({
      status: 500,
      body: refusal("SCHEMA_MISMATCH"),
    });
    await expect
      .poll(() => other.log())
      .toMatchObject([{ code: "SCHEMA_MISMATCH", msg: expect.stringContaining(`"slug"`) }]);
    await sql.query(`alter table "User" drop column slug`);
  });
});
