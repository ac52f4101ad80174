import { request } from "node:http";
import { expect, test } from "vitest";
import { z } from "zod";
import { startClerk } from "./clerk.ts";

type Clerk = Awaited<ReturnType<typeof startClerk>>;

const userSchema = z.looseObject({
  updated_at: z.number(),
  primary_email_address_id: z.string().nullable(),
  email_addresses: z.array(z.looseObject({ id: z.string(), email_address: z.string(), updated_at: z.number() })),
});

const patch = async (clerk: Clerk, changes: object) =>
  userSchema.parse((await clerk.control("PATCH", `/users/${clerk.memberUserId}`, changes)).body);

/** A request with a chosen `Host`, which fetch would not send. */
function statusUnderHost(clerk: Clerk, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(clerk.url);
    request({ hostname, port, path: "/__control/requests", headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
}

test("control routes answer only under a loopback name", async () => {
  await using clerk = await startClerk();
  expect(await statusUnderHost(clerk, "localhost:4010")).toBe(200);
  expect(await statusUnderHost(clerk, "[::1]:4010")).toBe(200);
  expect(await statusUnderHost(clerk, "rebound.example.com")).toBe(403);
  expect(await statusUnderHost(clerk, "localhost.example.com:4010")).toBe(403);
});

test("bodies that are not application/json get 415, broken ones 400, wrong ones 422", async () => {
  await using clerk = await startClerk();
  const post = async (contentType: string, body: string) =>
    (await fetch(`${clerk.url}/__control/users`, { method: "POST", headers: { "content-type": contentType }, body }))
      .status;
  expect(await post("text/plain", '{"count":1}')).toBe(415);
  expect(await post("application/x-www-form-urlencoded", "count=1")).toBe(415);
  expect(await post("application/json; charset=utf-8", '{"count":1}')).toBe(200);
  expect(await post("application/json", "{")).toBe(400);
  expect(await post("application/json", '{"count":0}')).toBe(422);
  expect(await post("application/json", '{"size":1}')).toBe(422);
  expect(await post("application/json", JSON.stringify({ count: 1, padding: "x".repeat(2 ** 20) }))).toBe(413);
});

test("a body of unknown length is cut off when it grows too large", async () => {
  await using clerk = await startClerk();
  const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(2 ** 16).fill(32)) });
  const request = fetch(`${clerk.url}/__control/users`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: endless,
    duplex: "half",
  });
  await expect(request.then((response) => response.status)).resolves.toBe(413);
});

test("any field of a user can be set, and updated_at advances", async () => {
  await using clerk = await startClerk();
  const before = await clerk.sdk.users.getUser(clerk.memberUserId);
  const after = await patch(clerk, { first_name: "Set", locked: true, unsafe_metadata: { a: 1 }, username: "setter" });
  expect(after).toMatchObject({ first_name: "Set", locked: true, unsafe_metadata: { a: 1 }, username: "setter" });
  expect(after.updated_at).toBeGreaterThan(before.updatedAt);
  expect((await clerk.control("PATCH", `/users/${clerk.memberUserId}`, { colour: "red" })).status).toBe(422);
  expect((await clerk.control("PATCH", `/users/${clerk.memberUserId}`, { id: "user_2" })).status).toBe(422);
});

test("a control call may request a tie of updated_at; the next change continues from there", async () => {
  await using clerk = await startClerk();
  const tie = Date.now() + 3_600_000;
  expect((await patch(clerk, { first_name: "A", updated_at: tie })).updated_at).toBe(tie);
  expect((await patch(clerk, { first_name: "B", updated_at: tie })).updated_at).toBe(tie);
  expect((await patch(clerk, { first_name: "C" })).updated_at).toBe(tie + 1);
});

test("email addresses can be set by their text, even one that another user has", async () => {
  await using clerk = await startClerk();
  const moved = await patch(clerk, {
    email_addresses: [{ email_address: "new@example.com" }, { email_address: clerk.adminEmail }],
  });
  expect(moved.email_addresses.map((email) => email.email_address)).toEqual(["new@example.com", clerk.adminEmail]);
  expect(moved.primary_email_address_id).toBe(moved.email_addresses[0]?.id);
  const holders = await clerk.sdk.users.getUserList({ emailAddress: [clerk.adminEmail] });
  expect(holders.data.map(({ id }) => id).sort()).toEqual([clerk.adminUserId, clerk.memberUserId].sort());

  const unverified = await patch(clerk, {
    email_addresses: [{ ...moved.email_addresses[1], verification: null }],
    primary_email_address_id: "idn_of_nobody",
  });
  expect(unverified).toMatchObject({
    primary_email_address_id: "idn_of_nobody",
    email_addresses: [{ id: moved.email_addresses[1]?.id, verification: null }],
  });
  expect((await patch(clerk, { email_addresses: [] })).primary_email_address_id).toBeNull();
});

test("requests are counted by route until the count is reset", async () => {
  await using clerk = await startClerk();
  await clerk.sdk.users.getUser(clerk.memberUserId);
  await clerk.sdk.users.getUser(clerk.adminUserId);
  await clerk.sdk.users.getUserList();
  await clerk.sdk.users.getUser("user_none").catch(() => undefined);
  await clerk.api("GET", "/nowhere");
  expect((await clerk.control("GET", "/requests")).body).toEqual({
    total: 6,
    byRoute: {
      "GET /v1/users/:id": 3,
      "GET /v1/users": 1,
      "GET /v1/users/count": 1,
      "GET (no such route)": 1,
    },
  });
  expect((await clerk.control("DELETE", "/requests")).body).toEqual({ total: 0, byRoute: {} });
});

test("a fault of status 429 carries Retry-After and ends after its times", async () => {
  await using clerk = await startClerk();
  await clerk.control("POST", "/faults", { status: 429, retryAfter: 7, times: 2 });
  for (const _ of [1, 2]) {
    const error = await clerk.sdk.users.getUser(clerk.memberUserId).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ status: 429, retryAfter: 7, errors: [{ code: "too_many_requests" }] });
  }
  expect((await clerk.sdk.users.getUser(clerk.memberUserId)).id).toBe(clerk.memberUserId);
});

test("a fault hits the paths that it names until it is ended, and its requests are counted", async () => {
  await using clerk = await startClerk();
  await clerk.control("POST", "/faults", { status: 503, path: "/v1/users/" });
  expect((await clerk.api("GET", `/users/${clerk.memberUserId}`)).status).toBe(503);
  expect((await clerk.api("GET", "/users/count")).status).toBe(503);
  expect((await clerk.api("GET", "/users")).status).toBe(200);
  expect((await clerk.control("GET", "/requests")).body).toMatchObject({ byRoute: { "GET /v1/users/:id": 1 } });
  await clerk.control("DELETE", "/faults");
  expect((await clerk.api("GET", "/users/count")).status).toBe(200);
});

test("the newest fault of a path wins", async () => {
  await using clerk = await startClerk();
  await clerk.control("POST", "/faults", { status: 500 });
  await clerk.control("POST", "/faults", { status: 504, times: 1 });
  expect((await clerk.api("GET", "/users")).status).toBe(504);
  expect((await clerk.api("GET", "/users")).status).toBe(500);
});

test("a fault may reset the connection", async () => {
  await using clerk = await startClerk();
  await clerk.control("POST", "/faults", { resetRate: 1, times: 1 });
  await expect(clerk.api("GET", "/users")).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
  expect((await clerk.api("GET", "/users")).status).toBe(200);
});

test("a fault may delay the response", async () => {
  await using clerk = await startClerk();
  await clerk.control("POST", "/faults", { latencyMs: 600_000, path: "/v1/instance" });
  const held = fetch(`${clerk.url}/v1/instance`, { signal: AbortSignal.timeout(200) });
  await expect(held).rejects.toMatchObject({ name: "TimeoutError" });
  expect((await clerk.api("GET", "/users")).status).toBe(200);
});

test("a fault may answer with a page, with garbage, or with half of the response", async () => {
  await using clerk = await startClerk();
  const once = async (answer: string) => {
    await clerk.control("POST", "/faults", { answer, times: 1 });
    return fetch(`${clerk.url}/v1/users`, { headers: { authorization: `Bearer ${clerk.secretKey}` } });
  };
  const page = await once("html");
  expect(page.status).toBe(200);
  expect(await page.text()).toContain("<!doctype html>");
  const garbage = await once("garbage");
  expect(garbage.headers.get("content-type")).toBe("application/json");
  await expect(garbage.json()).rejects.toBeInstanceOf(SyntaxError);
  const half = await once("truncated");
  expect(half.status).toBe(200);
  await expect(half.text()).rejects.toMatchObject({ message: "terminated" });
  expect((await clerk.api("GET", "/users")).status).toBe(200);
});

test.each([
  { status: 200 },
  { answer: "nothing" },
  { resetRate: 2 },
  { latencyMs: -1 },
  { path: "users" },
  { why: "not" },
])("the fault %o is refused", async (fault) => {
  await using clerk = await startClerk();
  expect((await clerk.control("POST", "/faults", fault)).status).toBe(422);
});

test("a user can be deleted by control", async () => {
  await using clerk = await startClerk();
  expect((await clerk.control("DELETE", `/users/${clerk.memberUserId}`)).status).toBe(200);
  expect((await clerk.control("DELETE", `/users/${clerk.memberUserId}`)).status).toBe(404);
  expect((await clerk.control("PATCH", `/users/${clerk.memberUserId}`, { first_name: "x" })).status).toBe(404);
});

test("many users are changed or deleted by one control call, and none of them if one is unknown", async () => {
  await using clerk = await startClerk();
  const { body } = await clerk.control("POST", "/users", { count: 3 });
  const { userIds: ids } = z.object({ userIds: z.array(z.string()) }).parse(body);
  const names = async () => (await clerk.sdk.users.getUserList({ userId: ids })).data.map(({ firstName }) => firstName);

  const changes = { first_name: "Changed" };
  expect((await clerk.control("PATCH", "/users", { ids: [...ids, "user_unknown"], changes })).status).toBe(404);
  expect(await names()).not.toContain("Changed");
  expect((await clerk.control("PATCH", "/users", { ids, changes })).body).toEqual({ changed: 3 });
  expect(await names()).toEqual(["Changed", "Changed", "Changed"]);

  expect((await clerk.control("DELETE", "/users", { ids: ["user_unknown", ...ids] })).status).toBe(404);
  expect(await names()).toHaveLength(3);
  expect((await clerk.control("DELETE", "/users", { ids })).body).toEqual({ deleted: 3 });
  expect(await names()).toEqual([]);
});
