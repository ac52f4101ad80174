import { createTestDatabase, type TestDatabase } from "@rollcall/dev-stack/testing";
import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Clerk, startClerk } from "./app/clerk.ts";
import { postDelivery } from "./app/post-delivery.ts";
import { asShown, rowsOf } from "./app/rows.ts";
import { type Delivery, signDelivery } from "./app/sign-delivery.ts";
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
beforeEach(async () => {
  await sql.query(`truncate rollcall."SyncEvent"`);
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await clerk[Symbol.asyncDispose]();
  await sql.end();
  await database[Symbol.asyncDispose]();
});

const LIMIT = 256 * 1024;

const event = (type: string, data: unknown, changes: Record<string, unknown> = {}): string =>
  JSON.stringify({ type, object: "event", instance_id: clerk.instanceId, timestamp: Date.now(), data, ...changes });
const updateOf = async (id: string): Promise<string> => event("user.updated", await clerk.user(id));

const sign = (body: string, options?: { ageSeconds?: number; id?: string }): Delivery =>
  signDelivery(body, clerk.webhookSigningSecret, options);
const post = (delivery: Delivery) => postDelivery(app, delivery);
const send = (body: string) => post(sign(body));
const changed = (delivery: Delivery, headers: Record<string, string>): Delivery => ({
  ...delivery,
  headers: { ...delivery.headers, ...headers },
});
const without = ({ headers, body }: Delivery, name: string): Delivery => {
  const { [name]: _, ...rest } = headers;
  return { headers: rest, body };
};

const log = async () =>
  (
    await sql.query(
      `select id, source, type, "userId", outcome, code, "timesSeen" from rollcall."SyncEvent" order by "firstSeenAt"`,
    )
  ).rows;

describe("a delivery that is not from Clerk is refused, and writes no row", () => {
  const other = `whsec_${btoa("another instance's secret")}`;
  const secondsAgo = (seconds: number) => String(Math.floor(Date.now() / 1_000) - seconds);
  test.each<[string, (body: string) => Delivery]>([
    ["signed with another secret", (body) => signDelivery(body, other)],
    ["signed more than five minutes ago", (body) => sign(body, { ageSeconds: 310 })],
    ["signed more than five minutes in the future", (body) => sign(body, { ageSeconds: -310 })],
    ["signed with an id of 7,000 characters", (body) => sign(body, { id: `msg_${"x".repeat(7_000)}` })],
    ["without the id", (body) => without(sign(body), "svix-id")],
    ["without the time", (body) => without(sign(body), "svix-timestamp")],
    ["without the signature", (body) => without(sign(body), "svix-signature")],
    ["with another id", (body) => changed(sign(body), { "svix-id": "msg_other" })],
    ["with another time", (body) => changed(sign(body), { "svix-timestamp": secondsAgo(60) })],
    ["with a signature of another version", (body) => changed(sign(body), { "svix-signature": "v1a,AAAA" })],
    ["with an invalid signature", (body) => changed(sign(body), { "svix-signature": "nonsense" })],
    ["with another body than was signed", (body) => ({ ...sign("{}"), body })],
  ])("%s", async (_, delivery) => {
    const id = await clerk.newUser();
    expect(await post(delivery(await updateOf(id)))).toMatchObject({
      status: 400,
      body: { ok: false, error: { code: "NOT_VERIFIED", message: expect.any(String), hint: expect.any(String) } },
    });
    expect(await log()).toEqual([]);
    expect(await rowsOf(sql, id)).toEqual({ user: null, customer: null, mirror: null });
  });

  test("a signed body that is not JSON", async () => {
    expect(await send("{not json")).toMatchObject({ status: 400, body: { error: { code: "NOT_VERIFIED" } } });
    expect(await log()).toEqual([]);
  });
});

describe("the size of a body", () => {
  const padded = async (bytes: number) => (await updateOf(await clerk.newUser())).padEnd(bytes, " ");

  test("may be 256 KiB", async () => {
    expect(await send(await padded(LIMIT))).toMatchObject({ status: 200 });
    expect(await postDelivery(app, sign(await padded(LIMIT)), { chunked: true })).toMatchObject({ status: 200 });
  });

  test.each([
    ["by its Content-Length", false],
    ["counted as it arrives, without a Content-Length", true],
  ])("may not be one byte more, %s", async (_, chunked) => {
    expect(await postDelivery(app, sign(await padded(LIMIT + 1)), { chunked })).toMatchObject({
      status: 413,
      body: { ok: false, error: { code: "TOO_LARGE", message: expect.any(String), hint: expect.any(String) } },
    });
    expect(await log()).toEqual([]);
  });
});

test("an app without a signing secret says so, and accepts nothing", async () => {
  await using unconfigured = await startApp(clerk, database.url, { CLERK_WEBHOOK_SIGNING_SECRET: undefined });
  const id = await clerk.newUser();
  expect(await postDelivery(unconfigured, sign(await updateOf(id)))).toMatchObject({
    status: 500,
    body: { error: { code: "NOT_CONFIGURED" } },
  });
  await expect
    .poll(() => unconfigured.log())
    .toMatchObject([{ event: "webhook_not_configured", msg: "CLERK_WEBHOOK_SIGNING_SECRET is not set" }]);
  expect(await rowsOf(sql, id)).toEqual({ user: null, customer: null, mirror: null });
});

describe("a verified delivery", () => {
  test("is applied and logged before the response; the log has only ids, types and codes", async () => {
    const id = await clerk.newUser();
    const user = await clerk.user(id);
    const delivery = sign(event("user.created", user));
    expect(await post(delivery)).toEqual({
      status: 200,
      body: { ok: true, outcome: "created" },
    });
    expect((await rowsOf(sql, id)).user).toEqual(asShown(user));
    expect(await log()).toEqual([
      {
        id: delivery.headers["svix-id"],
        source: "webhook",
        type: "user.created",
        userId: id,
        outcome: "created",
        code: null,
        timesSeen: 1,
      },
    ]);
  });

  test("that is delivered again is applied again, and counted in the log", async () => {
    const id = await clerk.newUser();
    const delivery = sign(await updateOf(id));
    await post(delivery);
    await sql.query(`update "User" set name = 'By hand' where id = $1`, [id]);
    expect(await post(delivery)).toMatchObject({ status: 200, body: { outcome: "updated" } });
    expect((await rowsOf(sql, id)).user).toEqual(asShown(await clerk.user(id)));
    expect(await log()).toMatchObject([{ id: delivery.headers["svix-id"], outcome: "created", timesSeen: 2 }]);
  });

  test("that is older than the known state changes nothing, and is logged as outdated", async () => {
    const id = await clerk.newUser();
    const older = await updateOf(id);
    await clerk.change(id, { first_name: "Newer" });
    const newer = await updateOf(id);
    await send(newer);
    expect(await send(older)).toMatchObject({ status: 200, body: { outcome: "outdated" } });
    expect((await rowsOf(sql, id)).user?.name).toMatch(/^Newer /);
  });

  test("of a deletion wins over an update that arrives after it", async () => {
    const id = await clerk.newUser();
    const update = await updateOf(id);
    await send(update);
    expect(await send(event("user.deleted", { id, object: "user", deleted: true }))).toMatchObject({
      body: { outcome: "deleted" },
    });
    expect(await send(update)).toMatchObject({ status: 200, body: { outcome: "deleted" } });
    expect(await rowsOf(sql, id)).toMatchObject({
      user: { email: null, name: null, image: null },
      mirror: { deletedBy: "webhook" },
    });
  });

  test("of a deletion of an unknown user creates a tombstone and no rows", async () => {
    const id = await clerk.newUser();
    await send(event("user.deleted", { id, object: "user", deleted: true }));
    expect(await send(await updateOf(id))).toMatchObject({ body: { outcome: "deleted" } });
    expect(await rowsOf(sql, id)).toMatchObject({ user: null, customer: null, mirror: { deletedBy: "webhook" } });
  });

  test("may have its time in seconds or in milliseconds", async () => {
    const id = await clerk.newUser();
    await send(event("user.created", await clerk.user(id), { timestamp: Math.floor(Date.now() / 1_000) + 60 }));
    const { mirror } = await rowsOf(sql, id);
    expect(mirror?.checkedAt).toBeGreaterThan(Date.now());
  });

  test.each(["session.created", "organization.created", "email.created", "a\u0000b"])(
    "of %s is ignored, and logged",
    async (type) => {
      expect(await send(event(type, { id: "x_1" }))).toEqual({ status: 200, body: { ok: true, outcome: "ignored" } });
      expect(await log()).toMatchObject([{ type: type.replace("\u0000", ""), userId: null, outcome: "ignored" }]);
    },
  );
});

describe("a verified delivery that cannot be used", () => {
  test.each<[string, () => Promise<string> | string]>([
    [
      "a user without an id",
      async () => event("user.updated", { ...(await clerk.user(clerk.memberUserId)), id: undefined }),
    ],
    [
      "a user whose id does not have Clerk's form",
      async () => event("user.updated", { ...(await clerk.user(clerk.memberUserId)), id: "1; drop" }),
    ],
    [
      "a user with invalid times",
      async () => event("user.updated", { ...(await clerk.user(clerk.memberUserId)), updated_at: 9e15 }),
    ],
    ["a deletion without an id", () => event("user.deleted", { deleted: true })],
    ["no data at all", () => event("user.created", undefined)],
    ["no instance", () => event("user.deleted", { id: "user_A" }, { instance_id: undefined })],
    ["no type", () => event("", null, { type: 7 })],
    ["a list", () => "[]"],
    ["an id that PostgreSQL's text cannot contain", () => event("user.deleted", { id: "user_\u0000" })],
    [
      "a user with such an id",
      async () => event("user.updated", { ...(await clerk.user(clerk.memberUserId)), id: "user_\u0000" }),
    ],
  ])("%s: 200, and logged", async (_, body) => {
    const delivery = sign(await body());
    const id = delivery.headers["svix-id"];
    expect(await post(delivery)).toEqual({ status: 200, body: { ok: true, outcome: "failed" } });
    expect(await log()).toMatchObject([{ id, outcome: "failed", code: "DATA_REJECTED" }]);
    await expect
      .poll(() => app.log())
      .toContainEqual(expect.objectContaining({ event: "webhook_unusable", deliveryId: id }));
    expect(await (await app.fetch("/api/health")).json()).toMatchObject({ status: "degraded", database: "ok" });
  });

  test("never makes Clerk deliver it again: any signed JSON gets 200", async () => {
    const user = await clerk.user(clerk.memberUserId);
    const anything = fc.jsonValue({ stringUnit: "binary" });
    const strange = fc.record(
      {
        type: fc.oneof(fc.constantFrom("user.created", "user.updated", "user.deleted"), fc.string({ unit: "binary" })),
        data: fc.oneof(
          anything,
          fc.record({ id: fc.string({ unit: "binary" }) }),
          fc
            .tuple(fc.constantFrom(...Object.keys(user)), anything)
            .map(([field, value]) => ({ ...user, [field]: value })),
        ),
        timestamp: fc.oneof(fc.double(), anything),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(strange, async (changes) => {
        expect(await send(event("user.updated", user, changes))).toMatchObject({ status: 200 });
      }),
      { numRuns: 200, interruptAfterTimeLimit: 30_000 },
    );
    expect((await log()).length).toBeGreaterThan(0);
  });
});

test("entries older than thirty days are deleted as new ones arrive", async () => {
  const old = (id: string, days: number) =>
    sql.query(
      `insert into rollcall."SyncEvent" (id, source, type, outcome, "firstSeenAt", "lastSeenAt")
       values ($1, 'webhook', 'user.updated', 'updated', now() - $2::int * interval '1 day', now() - $2::int * interval '1 day')`,
      [id, days],
    );
  await old("msg_old", 31);
  await old("msg_recent", 29);
  const logged = async () => (await log()).map(({ id }) => id);
  const delivered: (string | undefined)[] = [];
  while ((await logged()).includes("msg_old")) {
    const delivery = sign(event("session.created", {}));
    await post(delivery);
    delivered.push(delivery.headers["svix-id"]);
  }
  expect(await logged()).toEqual(["msg_recent", ...delivered]);
});

describe("from the emulated Clerk", () => {
  beforeEach(() => clerk.webhooks({ url: `${app.url}/api/webhooks/clerk` }));
  const quiet = { url: null, repeat: 0, reorder: 0 };

  test("sign-ups, changes and deletions arrive, even repeated and out of order", async () => {
    await clerk.webhooks({ repeat: 0.5, reorder: 0.5 });
    const ids = await clerk.newUsers(6);
    for (const round of ["One", "Two", "Three"]) {
      for (const id of ids) await clerk.change(id, { first_name: round });
    }
    const [gone = "", ...rest] = ids;
    await clerk.deleteUser(gone);
    await clerk.untilDelivered();
    await clerk.webhooks(quiet);

    for (const id of rest) expect((await rowsOf(sql, id)).user).toEqual(asShown(await clerk.user(id)));
    expect(await rowsOf(sql, gone)).toMatchObject({ mirror: { deletedBy: "webhook" } });
    // A result is shared for two seconds.
    await expect
      .poll(async () => (await app.fetch("/api/health")).json(), { timeout: 10_000 })
      .toMatchObject({
        status: "ok",
        webhook: { lastAt: expect.any(String), ageSeconds: expect.any(Number) },
      });
  });
});
