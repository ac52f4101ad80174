import { expect, test, vi } from "vitest";
import { z } from "zod";
import { startClerk } from "./clerk.ts";
import { receiveWebhooks } from "./webhook-receiver.ts";

const SECRET = `whsec_${Buffer.from("a secret for the tests").toString("base64")}`;

/** How long to wait: long enough for a busy machine. */
const PATIENCE = { timeout: 30_000 };

const deliveriesSchema = z.object({
  pending: z.number(),
  delivered: z.number(),
  failed: z.number(),
  dropped: z.number(),
  deliveries: z.array(
    z.object({
      id: z.string(),
      type: z.string(),
      userId: z.string(),
      state: z.string(),
      attempts: z.array(z.object({ status: z.number().nullable(), error: z.string().nullable() })),
    }),
  ),
});

type Clerk = Awaited<ReturnType<typeof startClerk>>;

const deliveries = async (clerk: Clerk) => deliveriesSchema.parse((await clerk.control("GET", "/deliveries")).body);

/** The deliveries, once none is pending. */
const settled = (clerk: Clerk) =>
  vi.waitFor(async () => {
    const log = await deliveries(clerk);
    expect(log.pending).toBe(0);
    return log;
  }, PATIENCE);

test("each creation, change and deletion of a user sends a webhook that the SDK verifies", async () => {
  await using hooks = await receiveWebhooks(SECRET);
  await using clerk = await startClerk({ webhooks: { url: hooks.url, secret: SECRET } });
  const user = await clerk.sdk.users.createUser({ emailAddress: ["hook@example.com"], firstName: "Hook" });
  await settled(clerk);
  await clerk.sdk.users.updateUser(user.id, { firstName: "Line" });
  await settled(clerk);
  const changed = (await clerk.sdk.users.getUser(user.id)).raw;
  await clerk.sdk.users.deleteUser(user.id);
  await settled(clerk);

  const events = hooks.received.map(({ event }) => event);
  expect(events.map(({ type }) => type)).toEqual(["user.created", "user.updated", "user.deleted"]);
  expect(events[0]).toMatchObject({
    object: "event",
    instance_id: clerk.instanceId,
    event_attributes: { http_request: { client_ip: "127.0.0.1" } },
    data: { id: user.id, first_name: "Hook" },
  });
  expect(events[1]?.data).toEqual(changed);
  expect(events[2]?.data).toEqual({ id: user.id, object: "user", deleted: true });
});

test("every message has its own id and timestamp, and the delivery is logged", async () => {
  await using hooks = await receiveWebhooks(SECRET);
  await using clerk = await startClerk({ webhooks: { url: hooks.url, secret: SECRET } });
  await clerk.sdk.users.updateUser(clerk.memberUserId, { firstName: "One" });
  await clerk.sdk.users.updateUser(clerk.memberUserId, { firstName: "Two" });
  const log = await settled(clerk);
  const ids = hooks.received.map(({ headers }) => String(headers["svix-id"]));
  expect(new Set(ids).size).toBe(2);
  expect(log.deliveries.map(({ id }) => id).sort()).toEqual(ids.sort());
  expect(log).toMatchObject({ delivered: 2, failed: 0, dropped: 0 });
  expect(log.deliveries[0]).toMatchObject({
    type: "user.updated",
    userId: clerk.memberUserId,
    state: "delivered",
    attempts: [{ status: 200, error: null }],
  });
});

test("a failed delivery is repeated with the same id and body until it arrives", async () => {
  await using hooks = await receiveWebhooks(SECRET, (_, nth) => ({ status: nth < 4 ? 503 : 200 }));
  await using clerk = await startClerk({
    webhooks: { url: hooks.url, secret: SECRET, retryDelaysMs: [1, 1, 1, 1, 1] },
  });
  await clerk.sdk.users.updateUser(clerk.memberUserId, { firstName: "Again" });
  const log = await settled(clerk);
  expect(hooks.received).toHaveLength(4);
  expect(new Set(hooks.received.map(({ headers }) => headers["svix-id"])).size).toBe(1);
  expect(new Set(hooks.received.map(({ body }) => body)).size).toBe(1);
  expect(log.deliveries[0]?.attempts.map(({ status }) => status)).toEqual([503, 503, 503, 200]);
});

test("a delivery finally fails when its attempts are used up", async () => {
  await using hooks = await receiveWebhooks(SECRET, () => ({ status: 500 }));
  await using clerk = await startClerk({ webhooks: { url: hooks.url, secret: SECRET, retryDelaysMs: [1, 1] } });
  await clerk.sdk.users.updateUser(clerk.memberUserId, { firstName: "Never" });
  const log = await settled(clerk);
  expect(log).toMatchObject({ failed: 1, deliveries: [{ state: "failed" }] });
  expect(hooks.received).toHaveLength(3);
});

test("a redirect is a failure and is not followed", async () => {
  await using elsewhere = await receiveWebhooks(SECRET);
  await using hooks = await receiveWebhooks(SECRET, () => ({ status: 307, headers: { location: elsewhere.url } }));
  await using clerk = await startClerk({ webhooks: { url: hooks.url, secret: SECRET, retryDelaysMs: [] } });
  await clerk.sdk.users.updateUser(clerk.memberUserId, { firstName: "Away" });
  expect(await settled(clerk)).toMatchObject({ deliveries: [{ state: "failed", attempts: [{ status: 307 }] }] });
  expect(elsewhere.received).toHaveLength(0);
});

test("a late response, and no server, are failures", async () => {
  const hooks = await receiveWebhooks(SECRET, () => "never");
  await using clerk = await startClerk({
    webhooks: { url: hooks.url, secret: SECRET, retryDelaysMs: [], answerTimeoutMs: 50 },
  });
  await clerk.sdk.users.updateUser(clerk.memberUserId, { firstName: "Slow" });
  expect(await settled(clerk)).toMatchObject({ deliveries: [{ state: "failed", attempts: [{ status: null }] }] });
  await hooks[Symbol.asyncDispose]();
  await clerk.control("POST", "/webhooks", { answerTimeoutMs: 15_000 });
  await clerk.sdk.users.updateUser(clerk.memberUserId, { firstName: "Gone" });
  const [, gone] = (await settled(clerk)).deliveries;
  expect(gone?.attempts[0]?.error).toMatch(/ECONNREFUSED/);
});

test("webhooks can be dropped, repeated and sent late", async () => {
  await using hooks = await receiveWebhooks(SECRET);
  await using clerk = await startClerk({ webhooks: { url: hooks.url, secret: SECRET, drop: 1 } });
  await clerk.sdk.users.updateUser(clerk.memberUserId, { firstName: "Dropped" });
  expect(await settled(clerk)).toMatchObject({ dropped: 1, deliveries: [{ state: "dropped", attempts: [] }] });
  expect(hooks.received).toHaveLength(0);

  await clerk.control("POST", "/webhooks", { drop: 0, repeat: 1, delayMs: 20 });
  await clerk.sdk.users.updateUser(clerk.memberUserId, { firstName: "Twice" });
  await vi.waitFor(() => expect(hooks.received).toHaveLength(2), PATIENCE);
  expect(hooks.received[1]?.headers["svix-id"]).toBe(hooks.received[0]?.headers["svix-id"]);
  await clerk.control("DELETE", "/deliveries");
  expect((await deliveries(clerk)).deliveries).toEqual([]);
});

test("webhooks can overtake each other", async () => {
  await using hooks = await receiveWebhooks(SECRET);
  await using clerk = await startClerk({ webhooks: { url: hooks.url, secret: SECRET, reorder: 1 } });
  const { body } = await clerk.control("POST", "/users", { count: 4 });
  const [first, second, third, fourth] = z.object({ userIds: z.array(z.string()) }).parse(body).userIds;
  await settled(clerk);
  const arrived = hooks.received.map(({ event }) => ("id" in event.data ? event.data.id : undefined));
  expect(new Set(arrived)).toEqual(new Set([first, second, third, fourth]));
  expect(arrived.indexOf(second)).toBeLessThan(arrived.indexOf(first));
  expect(arrived.indexOf(fourth)).toBeLessThan(arrived.indexOf(third));
});

test("one that is not overtaken is still sent", async () => {
  await using hooks = await receiveWebhooks(SECRET);
  await using clerk = await startClerk({ webhooks: { url: hooks.url, secret: SECRET, reorder: 1 } });
  await clerk.sdk.users.updateUser(clerk.memberUserId, { firstName: "Alone" });
  await vi.waitFor(() => expect(hooks.received).toHaveLength(1), PATIENCE);
});

test("at most eight webhooks are sent in parallel", async () => {
  let answerAll: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    answerAll = resolve;
  });
  await using hooks = await receiveWebhooks(SECRET, () => held.then(() => ({ status: 200 })));
  await using clerk = await startClerk({ webhooks: { url: hooks.url, secret: SECRET } });
  await clerk.control("POST", "/users", { count: 20 });
  await vi.waitFor(() => expect(hooks.received).toHaveLength(8), PATIENCE);
  answerAll();
  expect(await settled(clerk)).toMatchObject({ delivered: 20 });
  expect(hooks.mostAtOnce()).toBe(8);
});

test("five hundred simultaneous webhooks all arrive", async () => {
  await using hooks = await receiveWebhooks(SECRET);
  await using clerk = await startClerk({ webhooks: { url: hooks.url, secret: SECRET } });
  await clerk.control("POST", "/users", { count: 500 });
  expect(await settled(clerk)).toMatchObject({ delivered: 500 });
  expect(new Set(hooks.received.map(({ event }) => ("id" in event.data ? event.data.id : ""))).size).toBe(500);
});

test("webhooks go only to this machine, and nowhere by default", async () => {
  await using clerk = await startClerk();
  await clerk.sdk.users.updateUser(clerk.memberUserId, { firstName: "Quiet" });
  expect(await deliveries(clerk)).toMatchObject({ pending: 0, delivered: 0, dropped: 0 });
  for (const url of ["https://example.com/hook", "http://10.0.0.1/", "ftp://localhost/", "nonsense"]) {
    expect(await clerk.control("POST", "/webhooks", { url })).toMatchObject({
      status: 422,
      body: { errors: [{ meta: { param_name: "url" }, long_message: expect.stringContaining("on this machine") }] },
    });
  }
  expect((await clerk.control("POST", "/webhooks", { secret: "whsec_%%%" })).status).toBe(422);
  expect((await clerk.control("POST", "/webhooks", { url: "http://[::1]:3000/hook" })).status).toBe(200);
});

test("the settings are shown without the secret", async () => {
  await using clerk = await startClerk();
  const { body } = await clerk.control("POST", "/webhooks", { url: "http://localhost:3000/hook", repeat: 0.5 });
  expect(body).toMatchObject({ url: "http://localhost:3000/hook", repeat: 0.5, drop: 0 });
  expect(JSON.stringify(body)).not.toContain("whsec_");
});
