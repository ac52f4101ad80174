import { isClerkAPIResponseError } from "@clerk/backend/errors";
import { expect, test } from "vitest";
import { z } from "zod";
import { idList, startClerk } from "./clerk.ts";

const errors = (code: string, parameter?: string) => ({
  errors: [{ code, ...(parameter === undefined ? {} : { meta: { param_name: parameter } }) }],
});

test("the SDK reads a user", async () => {
  await using clerk = await startClerk();
  const user = await clerk.sdk.users.getUser(clerk.adminUserId);
  expect(user.primaryEmailAddress?.emailAddress).toBe(clerk.adminEmail);
  expect(user.publicMetadata).toEqual({ role: "admin" });
  expect(user.id).toMatch(/^user_[A-Za-z0-9]+$/);
});

test("the SDK lists users newest first, ten per page, and gets the total", async () => {
  await using clerk = await startClerk();
  const { data, totalCount } = await clerk.sdk.users.getUserList();
  expect(totalCount).toBe(30);
  expect(data).toHaveLength(10);
  const created = data.map((user) => user.createdAt);
  expect(created).toEqual(created.toSorted((a, b) => b - a));
});

test("the SDK finds users by email address, id, external id, username and part of a name", async () => {
  await using clerk = await startClerk();
  const created = await clerk.sdk.users.createUser({
    emailAddress: ["Ophelia@Example.com"],
    firstName: "Ophelia",
    username: "ophelia",
    externalId: "legacy-7",
  });
  const ids = async (filter: object) => (await clerk.sdk.users.getUserList(filter)).data.map(({ id }) => id);
  expect(await ids({ emailAddress: ["ophelia@example.com", "nobody@example.com"] })).toEqual([created.id]);
  expect(await ids({ userId: [created.id, clerk.adminUserId], orderBy: "+created_at" })).toEqual([
    clerk.adminUserId,
    created.id,
  ]);
  expect(await ids({ externalId: ["legacy-7"] })).toEqual([created.id]);
  expect(await ids({ username: ["ophelia"] })).toEqual([created.id]);
  expect(await ids({ query: "PHELI" })).toEqual([created.id]);
  expect(await clerk.sdk.users.getCount({ query: "pheli" })).toBe(1);
  expect(await ids({ userId: [`-${created.id}`], limit: 500 })).not.toContain(created.id);
  expect(await ids({ organizationId: ["org_1"] })).toEqual([]);
});

test("banned users can be selected and excluded", async () => {
  await using clerk = await startClerk();
  const names = async (banned: string) =>
    z
      .array(z.object({ last_name: z.string().nullable() }))
      .parse((await clerk.api("GET", `/users?limit=500&banned=${banned}`)).body)
      .map((user) => user.last_name);
  expect(await names("true")).toEqual(["Banned"]);
  expect(await names("false")).toHaveLength(29);
});

test("the SDK creates a user whose address counts as verified", async () => {
  await using clerk = await startClerk();
  const user = await clerk.sdk.users.createUser({
    emailAddress: ["first@example.com", "second@example.com"],
    password: "long enough 1",
    firstName: "Fee",
    publicMetadata: { role: "admin" },
  });
  expect(user.primaryEmailAddress?.emailAddress).toBe("first@example.com");
  expect(user.primaryEmailAddress?.verification?.status).toBe("verified");
  expect(user.passwordEnabled).toBe(true);
  expect((await clerk.sdk.users.verifyPassword({ userId: user.id, password: "long enough 1" })).verified).toBe(true);
  expect(await clerk.sdk.users.getCount()).toBe(31);
});

test("an address, a username and an external id belong to one user", async () => {
  await using clerk = await startClerk();
  await clerk.sdk.users.createUser({ username: "unique", externalId: "legacy-1" });
  const create = (body: object) => clerk.api("POST", "/users", body);
  expect(await create({ email_address: ["ADMIN@example.com"] })).toMatchObject({
    status: 422,
    body: errors("form_identifier_exists", "email_address"),
  });
  expect((await create({ username: "unique" })).body).toMatchObject(errors("form_identifier_exists", "username"));
  expect((await create({ username: "other", external_id: "legacy-1" })).body).toMatchObject(
    errors("form_identifier_exists", "external_id"),
  );
  expect((await create({ email_address: ["a@example.com", "a@example.com"] })).status).toBe(422);
});

test("an address that another user never verified can be used, a reserved one can't", async () => {
  await using clerk = await startClerk();
  expect((await clerk.api("POST", "/users", { email_address: ["ulf.unproven@example.com"] })).status).toBe(200);
  expect((await clerk.api("POST", "/users", { email_address: ["rhea.reserved@example.com"] })).status).toBe(422);
});

test("creating a user without identifier, with a short password or an unknown field is refused", async () => {
  await using clerk = await startClerk();
  const create = (body: object) => clerk.api("POST", "/users", body);
  expect(await create({ first_name: "Nobody" })).toMatchObject({ status: 422, body: errors("form_data_missing") });
  expect((await create({ username: "short", password: "short" })).body).toMatchObject(
    errors("form_password_length_too_short", "password"),
  );
  expect((await create({ username: "short", password: "short", skip_password_checks: true })).status).toBe(200);
  expect((await create({ username: "x", colour: "red" })).body).toMatchObject(errors("form_param_unknown", "colour"));
  expect((await create({ email_address: ["no address"] })).body).toMatchObject(
    errors("form_param_value_invalid", "email_address"),
  );
});

test("the SDK updates a user, and updated_at advances with every change", async () => {
  await using clerk = await startClerk();
  let last = (await clerk.sdk.users.getUser(clerk.memberUserId)).updatedAt;
  for (const firstName of ["One", "Two", "Three", "Four"]) {
    const user = await clerk.sdk.users.updateUser(clerk.memberUserId, { firstName });
    expect(user.firstName).toBe(firstName);
    expect(user.updatedAt).toBeGreaterThan(last);
    last = user.updatedAt;
  }
});

test("the primary address can only become one that is the user's own and verified", async () => {
  await using clerk = await startClerk();
  const petra = (await clerk.sdk.users.getUserList({ emailAddress: ["petra.old@example.com"] })).data[0];
  const old = petra?.emailAddresses[0];
  if (!petra || !old) throw new Error("The seed has no Petra.");
  const changed = await clerk.sdk.users.updateUser(petra.id, { primaryEmailAddressID: old.id });
  expect(changed.primaryEmailAddress?.emailAddress).toBe("petra.old@example.com");
  const refused = await clerk.api("PATCH", `/users/${clerk.memberUserId}`, { primary_email_address_id: old.id });
  expect(refused.status).toBe(422);
});

test("the SDK merges and replaces metadata, which a user update does not accept", async () => {
  await using clerk = await startClerk();
  const id = clerk.memberUserId;
  await clerk.sdk.users.replaceUserMetadata(id, { publicMetadata: { a: { b: 1, c: 2 }, d: 3 } });
  const merged = await clerk.sdk.users.updateUserMetadata(id, { publicMetadata: { a: { b: null, e: 4 } } });
  expect(merged.publicMetadata).toEqual({ a: { c: 2, e: 4 }, d: 3 });
  const refused = await clerk.api("PATCH", `/users/${id}`, { public_metadata: {} });
  expect(refused.body).toMatchObject(errors("form_param_unknown", "public_metadata"));
});

test("the SDK deletes a user, who is not found from then on", async () => {
  await using clerk = await startClerk();
  expect(await clerk.sdk.users.deleteUser(clerk.memberUserId)).toMatchObject({
    id: clerk.memberUserId,
    deleted: true,
  });
  const error = await clerk.sdk.users.getUser(clerk.memberUserId).catch((thrown: unknown) => thrown);
  expect(isClerkAPIResponseError(error)).toBe(true);
  expect(error).toMatchObject({ status: 404, errors: [{ code: "resource_not_found" }] });
  expect(await clerk.sdk.users.getCount()).toBe(29);
});

test("banning a user ends the sessions", async () => {
  await using clerk = await startClerk();
  const session = await clerk.sdk.sessions.createSession({ userId: clerk.memberUserId });
  expect((await clerk.sdk.users.banUser(clerk.memberUserId)).banned).toBe(true);
  expect((await clerk.sdk.sessions.getSession(session.id)).status).toBe("revoked");
  expect((await clerk.sdk.users.unbanUser(clerk.memberUserId)).banned).toBe(false);
});

test("a limit above 500 silently gives ten users", async () => {
  await using clerk = await startClerk();
  expect(idList.parse((await clerk.api("GET", "/users?limit=500")).body)).toHaveLength(30);
  expect(idList.parse((await clerk.api("GET", "/users?limit=501")).body)).toHaveLength(10);
});

test.each([
  ["a limit of zero", "limit", "limit=0"],
  ["a limit in words", "limit", "limit=many"],
  ["a negative offset", "offset", "offset=-1"],
  ["an unknown order", "order_by", "order_by=favourite_colour"],
  ["a time in words", "created_at_after", "created_at_after=yesterday"],
  ["an unknown cursor", "starting_after", "starting_after=user_unknown"],
  ["more than 100 ids", "user_id", Array.from({ length: 101 }, (_, index) => `user_id=user_${index}`).join("&")],
])("%s gets 422", async (_, parameter, query) => {
  await using clerk = await startClerk();
  const { status, body } = await clerk.api("GET", `/users?${query}`);
  expect({ status, body }).toMatchObject({ status: 422, body: { errors: [{ meta: { param_name: parameter } }] } });
});

test("a cursor works only with created_at order and without an offset", async () => {
  await using clerk = await startClerk();
  const after = `starting_after=${clerk.adminUserId}`;
  expect((await clerk.api("GET", `/users?${after}&order_by=-updated_at`)).status).toBe(422);
  expect((await clerk.api("GET", `/users?${after}&order_by=%2Bcreated_at&offset=10`)).status).toBe(422);
  expect((await clerk.api("GET", `/users?${after}&order_by=%2Bcreated_at&offset=0`)).status).toBe(200);
  await clerk.sdk.users.deleteUser(clerk.adminUserId);
  expect((await clerk.api("GET", `/users?${after}&order_by=%2Bcreated_at`)).status).toBe(422);
});

test("a missing secret key and a wrong one have different errors", async () => {
  await using clerk = await startClerk();
  const missing = await fetch(`${clerk.url}/v1/users`);
  expect(missing.status).toBe(401);
  expect(await missing.json()).toMatchObject(errors("authorization_header_format_invalid"));
  const wrong = await fetch(`${clerk.url}/v1/users`, { headers: { authorization: "Bearer sk_live_wrong" } });
  expect(wrong.status).toBe(401);
  expect(await wrong.json()).toMatchObject(errors("clerk_key_invalid"));
});

test("every response is plain application/json and has a date", async () => {
  await using clerk = await startClerk();
  for (const path of ["/users", "/users/count", "/users/user_none", "/nowhere", "/jwks", "/users?limit=0"]) {
    const { headers } = await clerk.api("GET", path);
    expect(headers.get("content-type")).toBe("application/json");
    expect(Date.parse(headers.get("date") ?? "")).not.toBeNaN();
  }
});

test("the SDK reads the instance", async () => {
  await using clerk = await startClerk();
  const instance = await clerk.sdk.instance.get();
  expect(instance).toMatchObject({ id: clerk.instanceId, environmentType: "production" });
});
