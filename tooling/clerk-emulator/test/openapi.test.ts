import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { OpenAPIBackend } from "openapi-backend";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { startClerk } from "./clerk.ts";
import { receiveWebhooks } from "./webhook-receiver.ts";

/** Clerk's own description, which is not in this repository but may be next to it. */
const DESCRIPTIONS = new URL("../../../../shared/clerk-openapi/", import.meta.url);
const BACKEND_API = new URL("bapi-2026-05-12.yml", DESCRIPTIONS);
const WEBHOOKS = new URL("webhooks-2025-04-15.yml", DESCRIPTIONS);
const present = existsSync(BACKEND_API) && existsSync(WEBHOOKS);

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/**
 * OpenAPI 3.0 allows `nullable` next to a type. The description also has it next to a choice or without either, and leaves null
 * out of enumerations. Read literally, that would allow null nowhere.
 */
function repair(node: unknown): void {
  if (!isObject(node)) return;
  const choice = ["oneOf", "anyOf", "allOf", "$ref"].some((key) => key in node);
  if (node.nullable === true && (node.type === undefined || choice)) {
    const { nullable: _, ...rest } = node;
    for (const key of Object.keys(node)) delete node[key];
    node.anyOf = [rest, { type: "object", nullable: true, enum: [null] }];
  } else if (node.nullable === true && Array.isArray(node.enum) && !node.enum.includes(null)) {
    node.enum.push(null);
  }
  for (const value of Object.values(node)) repair(value);
}

async function described(file: URL, change: (definition: Record<string, unknown>) => void = () => undefined) {
  const definition = parse(await readFile(file, "utf8"));
  repair(definition);
  change(definition);
  const api = new OpenAPIBackend({ definition, quick: true, ajvOpts: { strict: false } });
  await api.init();
  return api;
}

describe.skipIf(!present)("Clerk's description (skipped if ../shared/clerk-openapi is missing)", () => {
  let api: OpenAPIBackend;
  let clerk: Awaited<ReturnType<typeof startClerk>>;
  let session: string;
  beforeAll(async () => {
    api = await described(BACKEND_API);
    clerk = await startClerk();
    session = (await clerk.sdk.sessions.createSession({ userId: clerk.adminUserId })).id;
  });
  afterAll(() => clerk.stop());

  const admin = () => `/users/${clerk.adminUserId}`;
  const cases: [operation: string, status: number, method: string, path: () => string, body?: object][] = [
    ["GetJWKS", 200, "GET", () => "/jwks"],
    ["GetInstance", 200, "GET", () => "/instance"],
    ["GetUserList", 200, "GET", () => "/users?limit=500"],
    ["GetUserList", 422, "GET", () => "/users?order_by=nothing"],
    ["GetUsersCount", 200, "GET", () => "/users/count"],
    ["GetUsersCount", 422, "GET", () => "/users/count?created_at_after=x"],
    ["GetUser", 200, "GET", admin],
    ["GetUser", 404, "GET", () => "/users/user_none"],
    ["CreateUser", 200, "POST", () => "/users", { email_address: ["fit@example.com"], password: "long enough 1" }],
    ["CreateUser", 200, "POST", () => "/users", { phone_number: ["+15555550123"] }],
    [
      "CreateUser",
      200,
      "POST",
      () => "/users",
      { email_address: ["kept@example.com"], email_address_identification_status: ["reserved"] },
    ],
    ["CreateUser", 422, "POST", () => "/users", { email_address: ["admin@example.com"] }],
    ["UpdateUser", 200, "PATCH", admin, { first_name: "Ada", created_at: "2020-01-01T00:00:00Z" }],
    ["UpdateUser", 422, "PATCH", admin, { first_name: 7 }],
    ["UpdateUser", 404, "PATCH", () => "/users/user_none", { first_name: "Ada" }],
    ["UpdateUserMetadata", 200, "PATCH", () => `${admin()}/metadata`, { public_metadata: { a: 1 } }],
    ["ReplaceUserMetadata", 200, "PUT", () => `${admin()}/metadata`, { public_metadata: { a: 1 } }],
    ["BanUser", 200, "POST", () => `/users/${clerk.memberUserId}/ban`],
    ["UnbanUser", 200, "POST", () => `/users/${clerk.memberUserId}/unban`],
    ["VerifyPassword", 200, "POST", () => `${admin()}/verify_password`, { password: "roll-call-please-42" }],
    ["createSession", 200, "POST", () => "/sessions", { user_id: "" }],
    ["createSession", 404, "POST", () => "/sessions", { user_id: "user_none" }],
    ["GetSessionList", 200, "GET", () => `/sessions?user_id=${clerk.adminUserId}`],
    ["GetSession", 200, "GET", () => `/sessions/${session}`],
    ["GetSession", 404, "GET", () => "/sessions/sess_none"],
    ["CreateSessionToken", 200, "POST", () => `/sessions/${session}/tokens`, {}],
    ["RevokeSession", 200, "POST", () => `/sessions/${session}/revoke`],
    ["DeleteUser", 200, "DELETE", () => `/users/${clerk.memberUserId}`],
    ["DeleteUser", 404, "DELETE", () => "/users/user_none"],
  ];

  test.each(cases)("%s answers %i as described", async (operation, status, method, path, given) => {
    const body = operation === "createSession" && status === 200 ? { user_id: clerk.adminUserId } : given;
    const answer = await clerk.api(method, path(), body);
    expect(answer.status).toBe(status);
    expect(api.validateResponse(answer.body, operation, status).errors ?? []).toEqual([]);
  });

  test("a refused key is answered as described", async () => {
    const response = await fetch(`${clerk.url}/v1/users`);
    expect(api.validateResponse(await response.json(), "GetUserList", response.status).errors ?? []).toEqual([]);
  });

  test("the check finds differences from the description", () => {
    expect(api.validateResponse([{ id: "user_1", object: "user" }], "GetUserList", 200).errors).not.toHaveLength(0);
    expect(api.validateResponse({ data: [] }, "GetUserList", 200).errors).not.toHaveLength(0);
  });

  test("webhooks of all three kinds are as described", async () => {
    const webhooks = await described(WEBHOOKS, (definition) => {
      const events = isObject(definition["x-webhooks"]) ? definition["x-webhooks"] : {};
      definition.paths = Object.fromEntries(Object.entries(events).map(([type, path]) => [`/${type}`, path]));
    });
    await using hooks = await receiveWebhooks(clerk.webhookSigningSecret);
    await clerk.control("POST", "/webhooks", { url: hooks.url });
    const user = await clerk.sdk.users.createUser({ emailAddress: ["hooked@example.com"], externalId: "hooked" });
    await clerk.sdk.users.updateUser(user.id, { firstName: "Hooked" });
    await clerk.sdk.users.deleteUser(user.id);
    await expect.poll(() => hooks.received.length, { timeout: 30_000 }).toBe(3);
    for (const { body, event } of hooks.received) {
      const request = { method: "post", path: `/${event.type}`, headers: { "content-type": "application/json" } };
      expect(webhooks.validateRequest({ ...request, body: JSON.parse(body) }).errors ?? []).toEqual([]);
    }
    const request = { method: "post", path: "/user.created", headers: { "content-type": "application/json" } };
    expect(webhooks.validateRequest({ ...request, body: { data: {} } }).errors).not.toHaveLength(0);
  });
});
