import { createHmac, randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createRollcall, type Rollcall } from "../../src/index.ts";
import { answering } from "../clerk/answering.ts";
import { type Host, openHost } from "../write-path/host.ts";

const OURS = "ins_ours";
const OTHER = "ins_other";
const SECRET = Buffer.from("the signing secret of the webhook");

let host: Host;
let rollcall: Rollcall;
const warnings: { fields: Record<string, unknown>; message: string }[] = [];
const start = (apiUrl?: string) =>
  createRollcall({
    db: host.prisma,
    clerk: { secretKey: "sk_test_key", apiUrl, webhookSigningSecret: `whsec_${SECRET.toString("base64")}` },
    logger: { info() {}, warn: (fields, message) => void warnings.push({ fields, message }), error() {} },
  });

beforeAll(async () => {
  host = await openHost();
});
beforeEach(async () => {
  await host.clear();
  await host.sql.query(`truncate rollcall."ClerkInstance", rollcall."SyncEvent"`);
  warnings.length = 0;
  rollcall = start();
});
afterAll(() => host[Symbol.asyncDispose]());

const user = {
  id: "user_Ann",
  email_addresses: [],
  first_name: "Ann",
  created_at: Date.UTC(2026, 0, 1),
  updated_at: Date.UTC(2026, 0, 1),
};

/** Posts an event as Svix delivers it, signed with the application's only secret. */
async function deliver(instanceId: string, type = "user.created", data: unknown = user) {
  const id = `msg_${randomUUID()}`;
  const seconds = Math.floor(Date.now() / 1_000);
  const body = JSON.stringify({ type, object: "event", instance_id: instanceId, timestamp: Date.now(), data });
  const signature = createHmac("sha256", SECRET).update(`${id}.${seconds}.${body}`).digest("base64");
  const headers = { "svix-id": id, "svix-timestamp": String(seconds), "svix-signature": `v1,${signature}` };
  const response = await rollcall.handleWebhook(new Request("http://app/webhook", { method: "POST", headers, body }));
  return { id, status: response.status, body: await response.json() };
}
const refused = { status: 200, body: { ok: true, outcome: "refused" } };
const activate = (id: string) =>
  host.sql.query(
    `delete from rollcall."ClerkInstance"; insert into rollcall."ClerkInstance" (id, "adoptedAt") values ('${id}', now())`,
  );

describe("a delivery of another instance than the database mirrors", () => {
  beforeEach(() => activate(OURS));

  test.each([
    ["a sign-up", "user.created", user],
    ["a change", "user.updated", user],
    ["a deletion", "user.deleted", { id: "user_Ann", object: "user", deleted: true }],
    ["anything else", "session.created", { id: "sess_1" }],
  ])("of %s gets 200 but is refused: only the event log is written, and a warning is logged", async (_, type, data) => {
    const { id, ...answer } = await deliver(OTHER, type, data);
    expect(answer).toEqual(refused);
    expect(await host.versions()).toEqual([]);
    const { rows } = await host.sql.query(`select id, type, "userId", outcome, code from rollcall."SyncEvent"`);
    expect(rows).toEqual([
      {
        id,
        type,
        userId: data.id.startsWith("user_") ? data.id : null,
        outcome: "refused",
        code: "INSTANCE_REFUSED",
      },
    ]);
    expect(warnings).toMatchObject([
      {
        fields: { event: "webhook_of_another_instance", deliveryId: id },
        message: expect.stringContaining("npx rollcall adopt"),
      },
    ]);
  });

  test("does not delete a user of the active one", async () => {
    await deliver(OURS);
    await deliver(OTHER, "user.deleted", { id: "user_Ann", object: "user", deleted: true });
    expect(await host.users()).toMatchObject([{ id: "user_Ann", name: "Ann" }]);
  });

  test("is applied as soon as its instance was adopted, and the previous one's is refused", async () => {
    expect(await deliver(OTHER)).toMatchObject(refused);
    await activate(OTHER);
    expect(await deliver(OTHER)).toMatchObject({ body: { outcome: "created" } });
    expect(await deliver(OURS)).toMatchObject(refused);
  });

  test("does not count as a delivery of the active one's webhook", async () => {
    rollcall = start("http://127.0.0.1:1");
    await deliver(OTHER);
    expect(await rollcall.health()).toMatchObject({ webhook: { lastAt: null } });
    rollcall = start("http://127.0.0.1:1");
    await deliver(OURS);
    expect(await rollcall.health()).toMatchObject({ webhook: { lastAt: expect.any(Date) } });
  });

  test("that names an invalid instance is unusable", async () => {
    expect(await deliver("ins_\u0000")).toMatchObject({ status: 200, body: { ok: true, outcome: "failed" } });
  });

  test("is delivered again if the database cannot say which instance it mirrors", async () => {
    await host.sql.query(`alter table rollcall."ClerkInstance" rename to "Gone"`);
    const answer = await deliver(OURS);
    await host.sql.query(`alter table rollcall."Gone" rename to "ClerkInstance"`);
    expect(answer).toMatchObject({ status: 500, body: { error: { code: "SCHEMA_MISMATCH" } } });
    expect(await host.versions()).toEqual([]);
  });
});

describe("a database without an instance", () => {
  const adopted = async () => (await host.sql.query(`select id from rollcall."ClerkInstance"`)).rows;
  const clerkOf = (id: string) =>
    answering((_, response) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ object: "instance", id }));
    });

  test("adopts the instance of a delivery if the key belongs to it", async () => {
    await using clerk = await clerkOf(OURS);
    rollcall = start(clerk.url);
    expect(await deliver(OURS)).toMatchObject({ body: { outcome: "created" } });
    expect(await deliver(OTHER)).toMatchObject(refused);
  });

  test("does not adopt the made-up instance of Clerk's example delivery: it is refused, and syncing continues", async () => {
    await using clerk = await clerkOf(OURS);
    rollcall = start(clerk.url);
    const { id, ...answer } = await deliver("ins_123");
    expect(answer).toEqual(refused);
    expect(await adopted()).toEqual([]);
    expect(await host.versions()).toEqual([]);
    const { rows } = await host.sql.query(`select id, outcome, code from rollcall."SyncEvent"`);
    expect(rows).toEqual([{ id, outcome: "refused", code: "INSTANCE_REFUSED" }]);
    expect(await deliver(OURS)).toMatchObject({ body: { outcome: "created" } });
  });

  test.each([
    ["does not answer", undefined, "CLERK_TIMEOUT"],
    ["answers with an error", 500, "CLERK_ERROR"],
    ["refuses the key", 401, "CLERK_UNAUTHORIZED"],
  ])("gets the delivery again if Clerk %s", async (_, status, code) => {
    await using clerk = await answering((_request, response) => {
      if (status) response.writeHead(status).end("{}");
    });
    rollcall = start(clerk.url);
    const started = performance.now();
    expect(await deliver(OURS)).toMatchObject({ status: 503, body: { ok: false, error: { code } } });
    expect(performance.now() - started).toBeLessThan(8_000);
    expect([await adopted(), await host.versions()]).toEqual([[], []]);
  });

  test("but with Clerk users does not adopt an emulator's on this machine", async () => {
    await host.sql.query(`insert into "User" (id) values ('user_Prod')`);
    await using clerk = await clerkOf(OURS);
    rollcall = start(clerk.url);
    expect(await deliver(OURS)).toMatchObject(refused);
    expect(await adopted()).toEqual([]);
  });
});
