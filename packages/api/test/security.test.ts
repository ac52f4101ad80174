import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createTestDatabase, type TestDatabase } from "@rollcall/dev-stack/testing";
import type { ClerkUser } from "@rollcall/sync";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { type Clerk, type Session, startClerk } from "./app/clerk.ts";
import { type Answer, cookieHeader, type RecordedApp, recordAnswers } from "./app/record-answers.ts";
import { rowsOf } from "./app/rows.ts";
import { signDelivery } from "./app/sign-delivery.ts";
import { ORIGIN, startApp } from "./app/start-app.ts";

// The router is looked at here, and never called.
vi.stubEnv("POSTGRES_URL", "postgresql://127.0.0.1:1/none");
vi.stubEnv("CLERK_SECRET_KEY", "sk_test_none");
vi.stubEnv("NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY", "pk_test_none");
const { appRouter } = await import("../src/index.ts");
const procedures = Object.keys(z.record(z.string(), z.unknown()).parse(appRouter._def.procedures));

interface Access {
  method: "GET" | "POST";
  callers: "signed in" | "admins";
  input?: unknown;
}
/** Who may call what. A procedure that is not named here fails the tests. */
const access: Record<string, Access> = {
  "sync.status": { method: "GET", callers: "signed in" },
  "sync.syncMe": { method: "POST", callers: "signed in" },
  "sync.syncAll": { method: "POST", callers: "admins" },
  "sync.run": { method: "GET", callers: "admins", input: { runId: randomUUID() } },
};

/** What each route of the app's answers to a stranger. A route that is not named here fails the tests. */
const toStrangers: Record<string, { path: string; methods: string[]; status: number }> = {
  health: { path: "/api/health", methods: ["GET"], status: 200 },
  "sync-current-user": { path: "/api/sync-current-user", methods: ["GET", "POST"], status: 401 },
  "trpc/[trpc]": { path: "/api/trpc/sync.status", methods: ["GET"], status: 401 },
  "webhooks/clerk": { path: "/api/webhooks/clerk", methods: ["POST"], status: 400 },
};
const routesFolder = fileURLToPath(new URL("../../../apps/nextjs/src/app/api", import.meta.url));

const PASSWORD = "the-database-password";
const CRON_SECRET = "the-secret-of-the-cron-job";
const KELVIN_SIGN = "\u212A";

let database: TestDatabase;
let clerk: Clerk;
let app: RecordedApp;
/** Has no database that answers, and no APP_ORIGIN: the origin that it was called at is its own. */
let cutOff: RecordedApp;
let sql: pg.Pool;
const secrets: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  clerk = await startClerk();
  const url = new URL(database.url);
  url.password = PASSWORD;
  const settings = {
    ADMIN_EMAIL: "kim@example.com, Listed@Example.com,unproven@example.com,typed@example.com,gone@example.com",
    CRON_SECRET,
  };
  const [whole, broken] = await Promise.all([
    startApp(clerk, url.href, settings),
    startApp(clerk, `postgresql://app:${PASSWORD}@127.0.0.1:1/rollcall`, { ...settings, APP_ORIGIN: undefined }),
  ]);
  app = recordAnswers(whole);
  cutOff = recordAnswers(broken);
  sql = new pg.Pool({ connectionString: database.url });
  const { secretKey, webhookSigningSecret } = clerk;
  secrets.push(secretKey, webhookSigningSecret.replace(/^whsec_/, ""), PASSWORD, CRON_SECRET, url.host);
});
afterAll(async () => {
  for (const each of [app.process, cutOff.process, clerk]) await each[Symbol.asyncDispose]();
  await sql.end();
  await database[Symbol.asyncDispose]();
});

/** A session, of a new user unless told whose. */
async function signIn(claims?: Record<string, unknown>, id?: string): Promise<Session & { id: string }> {
  const user = id ?? (await clerk.newUser());
  const session = await clerk.signIn(user, claims);
  secrets.push(session.token);
  return { ...session, id: user };
}

const bearer = ({ token }: Session) => ({ authorization: `Bearer ${token}` });
const cookies = (session: Session) => ({ cookie: cookieHeader(session.cookies) });
const JSON_TYPE = { "content-type": "application/json" };

function call(name: string, headers: Record<string, string> = {}, at: RecordedApp = app): Promise<Answer> {
  const { method, input } = access[name] ?? { method: "POST" };
  const payload = JSON.stringify({ json: input ?? null });
  return method === "GET"
    ? at.fetch(`/api/trpc/${name}?input=${encodeURIComponent(payload)}`, { headers })
    : at.fetch(`/api/trpc/${name}`, { method, headers: { ...JSON_TYPE, ...headers }, body: payload });
}

const syncCurrentUser = (headers: Record<string, string>, method = "POST", at: RecordedApp = app) =>
  at.fetch("/api/sync-current-user", { method, headers });

const nothing = { user: null, customer: null, mirror: null };

function expectJson({ headers, body }: Answer): void {
  expect(headers.get("content-type")).toMatch(/^application\/json\b/);
  expect(() => JSON.parse(body)).not.toThrow();
}

describe("a page of another site", () => {
  test.each([
    [
      "multipart/form-data",
      "multipart/form-data; boundary=x",
      '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n',
    ],
    [
      "multipart/form-data that names JSON",
      "multipart/form-data; boundary=application/json",
      '--application/json\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--application/json--\r\n',
    ],
    ["application/x-www-form-urlencoded", "application/x-www-form-urlencoded", "json=null"],
    ["text/plain", "text/plain", '{"json":null}'],
    ["no type", undefined, '{"json":null}'],
  ])("cannot call a mutation by a form with the visitor's cookies: %s", async (_, type, body) => {
    const session = await signIn();
    const answer = await app.fetch("/api/trpc/sync.syncMe", {
      method: "POST",
      headers: { ...cookies(session), ...(type && { "content-type": type }) },
      body: Buffer.from(body),
    });
    expect(answer.status).toBe(415);
    expect(await rowsOf(sql, session.id)).toEqual(nothing);
  });

  test("cannot call a mutation by a link or an image", async () => {
    const session = await signIn();
    expect((await app.fetch("/api/trpc/sync.syncMe", { headers: cookies(session) })).status).toBe(405);
    expect(await rowsOf(sql, session.id)).toMatchObject({ mirror: null });
  });

  test.each(["https://evil.example", "null", `${ORIGIN}0`, `${ORIGIN}.evil.example`, "https://localhost:3000"])(
    "is refused by its origin: %s",
    async (origin) => {
      const session = await signIn();
      const headers = { ...cookies(session), origin };
      const refusals = [
        await call("sync.status", headers),
        await call("sync.syncMe", headers),
        await syncCurrentUser(headers, "GET"),
        await syncCurrentUser(headers, "POST"),
      ];
      expect(refusals.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
      for (const refusal of refusals) expectJson(refusal);
      expect(await rowsOf(sql, session.id)).toEqual(nothing);
    },
  );

  test("is not refused where it is this app's own, as APP_ORIGIN names it", async () => {
    const headers = { ...cookies(await signIn()), origin: ORIGIN };
    expect((await call("sync.status", headers)).status).toBe(200);
    expect((await syncCurrentUser(headers)).status).toBe(200);
  });

  test("is this app's own by the address it was called at, where no APP_ORIGIN is set", async () => {
    const headers = bearer(await signIn({ azp: cutOff.process.url }));
    expect((await call("sync.status", { ...headers, origin: cutOff.process.url }, cutOff)).status).toBe(200);
    expect((await call("sync.status", { ...headers, origin: ORIGIN }, cutOff)).status).toBe(403);
    expect((await syncCurrentUser({ ...headers, origin: ORIGIN }, "POST", cutOff)).status).toBe(403);
  });
});

describe("a request to tRPC that is too large", () => {
  const LIMIT = 1024 * 1024; // bytes

  test.each(["GET", "POST"])("a batch of 20 calls is answered, one of 21 refused: %s", async (method) => {
    const session = await signIn();
    const batch = (calls: number) => {
      const name = method === "GET" ? "sync.status" : "sync.syncMe";
      const path = `/api/trpc/${Array(calls).fill(name).join(",")}?batch=1`;
      return app.fetch(path, {
        method,
        headers: { ...bearer(session), ...JSON_TYPE },
        ...(method === "POST" && { body: "{}" }),
      });
    };
    const refused = await batch(21);
    expect(refused.status).toBe(400);
    expect(refused.body).not.toContain('"result"');
    expect(await rowsOf(sql, session.id)).toEqual(nothing);
    const answered = await batch(20);
    expect(answered.status).toBe(200);
    expect(z.array(z.object({ result: z.unknown() })).parse(JSON.parse(answered.body))).toHaveLength(20);
  });

  test("is refused by its content-length before a byte of it has come", async () => {
    const headers = { ...JSON_TYPE, "content-length": String(LIMIT + 1) };
    expect((await app.postUnfinished("/api/trpc/sync.syncMe", headers, 0)).status).toBe(413);
  });

  test("is refused while it comes in chunks, as soon as there are more bytes than the limit", async () => {
    expect((await app.postUnfinished("/api/trpc/sync.syncMe", JSON_TYPE, LIMIT + 1)).status).toBe(413);
  });
});

describe("a caller", () => {
  test("the table names every procedure, and none that is gone", () => {
    expect(Object.keys(access).sort()).toEqual(procedures.sort());
  });

  test.each(procedures)("%s: who is signed out is told so by JSON", async (name) => {
    const answer = await call(name);
    expect(answer.status).toBe(401);
    expect(answer.body).toContain("UNAUTHENTICATED");
    expectJson(answer);
  });

  test.each(procedures)("%s: who is signed in, and no admin, may call what is for everybody", async (name) => {
    const answer = await call(name, bearer(await signIn()));
    expect(answer.status).toBe(access[name]?.callers === "signed in" ? 200 : 403);
    expectJson(answer);
  });

  test.each(procedures)("%s: an admin may call it", async (name) => {
    const answer = await call(name, bearer(await signIn({ metadata: { role: "admin" } })));
    expect(answer.status).toBe(name === "sync.run" ? 404 : 200); // there is no such run
  });

  test("the numbers of the whole directory are for admins, also in what everybody may call", async () => {
    const schema = z.object({ result: z.object({ data: z.object({ json: z.object({ directory: z.unknown() }) }) }) });
    const directory = async (claims: Record<string, unknown>) => {
      const { body } = await call("sync.status", bearer(await signIn(claims)));
      return schema.parse(JSON.parse(body)).result.data.json.directory;
    };
    expect(await directory({})).toBeNull();
    expect(await directory({ metadata: { role: "admin" } })).toMatchObject({ live: expect.any(Number) });
  });

  test("the table names every route, and none that is gone", () => {
    const files = readdirSync(routesFolder, { recursive: true, encoding: "utf8" });
    const routes = files.flatMap((file) => (/(^|\/)route\.tsx?$/.test(file) ? file.replace(/\/route\.tsx?$/, "") : []));
    expect(Object.keys(toStrangers).sort()).toEqual(routes.sort());
  });

  test.each(Object.values(toStrangers))(
    "$path answers a stranger by $status and JSON",
    async ({ path, methods, status }) => {
      for (const method of methods) {
        const answer = await app.fetch(path, { method });
        expect(answer.status).toBe(status);
        expectJson(answer);
      }
    },
  );

  test("health tells a stranger what a monitor needs, and no more", async () => {
    const { body } = await app.fetch("/api/health");
    expect(Object.keys(z.record(z.string(), z.unknown()).parse(JSON.parse(body))).sort()).toEqual([
      "clerk",
      "database",
      "status",
      "webhook",
    ]);
  });

  const now = () => Math.floor(Date.now() / 1_000);
  test.each<[string, () => Record<string, unknown>, number]>([
    ["a token of this app's", () => ({}), 200],
    ["an expired token", () => ({ iat: now() - 120, nbf: now() - 120, exp: now() - 60 }), 401],
    ["a token that is not valid yet", () => ({ iat: now() + 60, nbf: now() + 60, exp: now() + 120 }), 401],
    ["a token that was made for another origin", () => ({ azp: "https://evil.example" }), 401],
    ["a session that is pending", () => ({ sts: "pending" }), 401],
  ])("%s, as Bearer and as cookies", async (_, claims, status) => {
    for (const headers of [bearer, cookies]) {
      for (const name of ["sync.status", "sync.syncMe"]) {
        expect((await call(name, headers(await signIn(claims())))).status).toBe(status);
      }
      expect((await syncCurrentUser(headers(await signIn(claims())))).status).toBe(status);
    }
  });

  test("a token in which another user was written is no token", async () => {
    const [head, payload = "", signature] = (await signIn()).token.split(".");
    const claims = z.record(z.string(), z.unknown()).parse(JSON.parse(Buffer.from(payload, "base64url").toString()));
    const forged = Buffer.from(JSON.stringify({ ...claims, sub: clerk.adminUserId })).toString("base64url");
    const answer = await call("sync.status", { authorization: `Bearer ${head}.${forged}.${signature}` });
    expect(answer.status).toBe(401);
  });
});

describe("an admin", () => {
  const statusSchema = z.object({
    result: z.object({
      data: z.object({
        json: z.object({
          me: z.object({
            state: z.string(),
            user: z.object({ email: z.string().nullable(), emailVerified: z.string().nullable() }),
          }),
          directory: z.unknown(),
        }),
      }),
    }),
  });

  /** What the caller sees of himself, and whether he may do what admins may, here and in `sync.status`. */
  async function standing(session: Session) {
    const { body } = await call("sync.status", bearer(session));
    const { me, directory } = statusSchema.parse(JSON.parse(body)).result.data.json;
    const { status } = await call("sync.run", bearer(session));
    expect([403, 404]).toContain(status);
    expect(directory !== null).toBe(status === 404);
    return { ...me.user, state: me.state, admin: status === 404 };
  }
  const verification = (status: string) => ({
    object: "verification_otp",
    strategy: "email_code",
    attempts: 1,
    expire_at: null,
    status,
  });
  async function holderOf(email_address: string, status = "verified"): Promise<string> {
    const id = await clerk.newUser();
    await clerk.change(id, { email_addresses: [{ email_address, verification: verification(status) }] });
    return id;
  }

  test("is who holds a listed address that Clerk verified, whatever letters were large in it", async () => {
    const session = await signIn({}, await holderOf("lisTed@example.com"));
    expect(await standing(session)).toMatchObject({ email: "listed@example.com", state: "fresh", admin: true });
  });

  test("is who has the role in the claim that only Clerk's secret key can set", async () => {
    expect(await standing(await signIn({}, clerk.adminUserId))).toMatchObject({ admin: true });
  });

  test.each([
    [{ metadata: { role: "Admin" } }],
    [{ role: "admin" }],
    [{ unsafe_metadata: { role: "admin" } }],
    [{ org_role: "org:admin" }],
  ])("is not who has another claim: %j", async (claims) => {
    expect(await standing(await signIn(claims))).toMatchObject({ admin: false });
  });

  test("is not who holds a listed address that Clerk did not verify", async () => {
    const session = await signIn({}, await holderOf("unproven@example.com", "unverified"));
    expect(await standing(session)).toEqual({
      email: "unproven@example.com",
      emailVerified: null,
      state: "fresh",
      admin: false,
    });
  });

  test("is not who wrote a listed address into his own row of the application's table", async () => {
    await clerk.webhooks({ url: `${app.process.url}/api/webhooks/clerk` });
    const id = await clerk.newUser();
    await clerk.untilDelivered();
    await clerk.webhooks({ url: null });
    await sql.query(`update "User" set email = 'typed@example.com', "emailVerified" = now() where id = $1`, [id]);
    // An old claim, so that the row is current and is read as it stands.
    const session = await signIn({ updated_at: 1 }, id);
    expect(await standing(session)).toMatchObject({ email: "typed@example.com", state: "fresh", admin: false });
  });

  test("is not who holds an address that only looks like a listed one: the Kelvin sign is no K", async () => {
    const kelvin = await signIn({}, await holderOf(`${KELVIN_SIGN}im@example.com`));
    expect(await standing(kelvin)).toMatchObject({ email: `${KELVIN_SIGN}im@example.com`, admin: false });
    const kim = await signIn({}, await holderOf("Kim@example.com"));
    expect(await standing(kim)).toMatchObject({ email: "kim@example.com", admin: true });
  });

  test("is not who held a listed address when he was last seen, while it is not known whether he still does", async () => {
    const id = await holderOf("gone@example.com");
    expect(await standing(await signIn({}, id))).toMatchObject({ admin: true });
    const later = Math.floor(Date.now() / 1_000) + 2;
    const session = await signIn({ iat: later, updated_at: later }, id);
    await clerk.deleteUser(id);
    expect(await standing(session)).toMatchObject({ email: "gone@example.com", state: "stale", admin: false });
  });
});

const WEBHOOK = "/api/webhooks/clerk";

test("a delivery of more than 256 KiB is refused before the rest of it has come, and leaves no row", async () => {
  const LIMIT = 256 * 1024; // bytes
  const { headers } = signDelivery(" ".repeat(LIMIT + 1), clerk.webhookSigningSecret);
  const announced = await app.postUnfinished(WEBHOOK, { ...headers, "content-length": String(LIMIT + 1) }, 0);
  const chunked = await app.postUnfinished(WEBHOOK, headers, LIMIT + 1);
  expect([announced.status, chunked.status]).toEqual([413, 413]);
  const { rows } = await sql.query(`select from "SyncEvent" where id = $1`, [headers["svix-id"]]);
  expect(rows).toEqual([]);
});

describe("among all that was answered and logged here", () => {
  /** Calls every way in as an admin whose token was made for the origin `azp`, and waits until the log has told of it. */
  async function callEverything(member: ClerkUser, at: RecordedApp, azp = ORIGIN): Promise<number[]> {
    const failures = () =>
      at.process.log().filter(({ event }) => event === "sync_failed" || event === "webhook_failed");
    const before = failures().length;
    const headers = async () => bearer(await signIn({ azp, metadata: { role: "admin" } }));
    const answers = [await at.fetch("/api/health"), await syncCurrentUser(await headers(), "GET", at)];
    for (const name of procedures) answers.push(await call(name, await headers(), at));
    const envelope = { type: "user.updated", instance_id: clerk.instanceId, timestamp: Date.now(), data: member };
    answers.push(
      await at.fetch(WEBHOOK, {
        method: "POST",
        ...signDelivery(JSON.stringify(envelope), clerk.webhookSigningSecret),
      }),
    );
    await expect.poll(() => failures().length).toBeGreaterThan(before);
    return answers.map(({ status }) => status);
  }
  const member = () => clerk.user(clerk.memberUserId);

  test("is what every way in said without a database", async () => {
    expect(await callEverything(await member(), cutOff, cutOff.process.url)).toContain(503);
  });

  test("is what every way in said where the tables were not as expected", async () => {
    await sql.query(`alter table "Customer" rename to "Elsewhere"`);
    try {
      expect(await callEverything(await member(), app)).toContain(500);
    } finally {
      await sql.query(`alter table "Elsewhere" rename to "Customer"`);
    }
  });

  test("is what every way in said where Clerk refused the key", async () => {
    const known = await member();
    await clerk.fail({ status: 401, path: "/v1/" });
    expect(await callEverything(known, app)).toContain(502);
    await clerk.mend();
  });

  const answers = () => [...app.answers, ...cutOff.answers];
  const logs = () => [app, cutOff].flatMap(({ process }) => process.output().split("\n"));
  const everything = () => [
    ...answers().map(({ to, headers, body }) => ({ from: to, said: `${JSON.stringify([...headers])} ${body}` })),
    ...logs().map((said) => ({ from: "the log", said })),
  ];

  const whereThereIs = (found: (said: string) => boolean) => everything().filter(({ said }) => found(said));

  test("there is no secret and no address of the database", () => {
    expect(whereThereIs((said) => secrets.some((secret) => said.includes(secret)))).toEqual([]);
  });

  test("there is no stack, no path of the server's and no word of a driver's", () => {
    const trace = /"stack"|(\\n|^)\s+at \S|node_modules|file:\/\/|\.ts:\d|PrismaClient|prisma\.|ECONNREFUSED/;
    expect(whereThereIs((said) => trace.test(said))).toEqual([]);
  });

  test("there is no address of a user in the log, and each of its lines is JSON", () => {
    expect(logs().filter((line) => line.includes("@example.com"))).toEqual([]);
    for (const { process } of [app, cutOff]) expect(process.log().length).toBeGreaterThan(0);
  });

  test("there is no answer that a cache may keep", () => {
    const kept = answers().filter(({ headers }) => headers.get("cache-control") !== "private, no-store");
    expect(kept.map(({ to, status }) => ({ to, status }))).toEqual([]);
  });

  test("there is no redirect", () => {
    const redirects = answers().filter(
      ({ status, headers }) => (status >= 300 && status < 400) || headers.has("location"),
    );
    expect(redirects).toEqual([]);
  });
});
