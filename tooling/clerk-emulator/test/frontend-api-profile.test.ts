import { expect, test } from "vitest";
import { Browser, codeFor } from "./browser.ts";
import { startClerk } from "./clerk.ts";
import { receiveWebhooks } from "./webhook-receiver.ts";

type Clerk = Awaited<ReturnType<typeof startClerk>>;

async function memberIn(clerk: Clerk): Promise<Browser> {
  const browser = new Browser(clerk);
  await browser.signIn(clerk.memberEmail, clerk.seedPassword);
  return browser;
}

/** The types of webhooks that arrive from now on. */
async function webhookTypes(clerk: Clerk) {
  const hooks = await receiveWebhooks(clerk.webhookSigningSecret);
  await clerk.control("POST", "/webhooks", { url: hooks.url });
  return {
    types: () => hooks.received.map(({ event }) => event.type),
    [Symbol.asyncDispose]: hooks[Symbol.asyncDispose],
  };
}

test("a browser sees its user without private data", async () => {
  await using clerk = await startClerk();
  const browser = await memberIn(clerk);
  await clerk.sdk.users.replaceUserMetadata(clerk.memberUserId, { privateMetadata: { secret: "of the house" } });
  const { body } = await browser.get("/me");
  expect(body.response).toMatchObject({ id: clerk.memberUserId, first_name: "Morgan", public_metadata: {} });
  expect(JSON.stringify(body)).not.toContain("of the house");
  expect(body.response).not.toHaveProperty("banned");
});

test("a change of the name is stored, and user.updated is sent", async () => {
  await using clerk = await startClerk();
  const browser = await memberIn(clerk);
  await using hooks = await webhookTypes(clerk);
  const { body } = await browser.send("PATCH", "/me", { first_name: "Mo", last_name: "" });
  expect(body.response).toMatchObject({ first_name: "Mo", last_name: null });
  expect(await clerk.sdk.users.getUser(clerk.memberUserId)).toMatchObject({ firstName: "Mo", lastName: null });
  await expect.poll(hooks.types, { timeout: 10_000 }).toEqual(["user.updated"]);
});

test("a user can't set fields that only a backend may set", async () => {
  await using clerk = await startClerk();
  const browser = await memberIn(clerk);
  for (const field of ["public_metadata", "external_id", "banned", "created_at"]) {
    expect((await browser.send("PATCH", "/me", { [field]: "{}" })).status).toBe(422);
  }
});

test("unsafe metadata is merged", async () => {
  await using clerk = await startClerk();
  const browser = await memberIn(clerk);
  await browser.send("PATCH", "/me/metadata", { unsafe_metadata: '{"a":1,"b":2}' });
  const { body } = await browser.send("PATCH", "/me/metadata", { unsafe_metadata: '{"a":null,"c":3}' });
  expect(body.response).toMatchObject({ unsafe_metadata: { b: 2, c: 3 } });
  expect((await browser.send("PATCH", "/me/metadata", { unsafe_metadata: "[1]" })).status).toBe(422);
});

test("a user who deletes their account is signed out everywhere, and user.deleted is sent", async () => {
  await using clerk = await startClerk();
  const [browser, elsewhere] = [await memberIn(clerk), await memberIn(clerk)];
  await using hooks = await webhookTypes(clerk);
  const { body } = await browser.send("DELETE", "/me");
  expect(body).toMatchObject({ response: { id: clerk.memberUserId, deleted: true }, client: { sessions: [] } });
  expect(browser.cookies.get("__client_uat")).toBe("0");
  expect(await elsewhere.sessions()).toEqual([]);
  await expect(clerk.sdk.users.getUser(clerk.memberUserId)).rejects.toMatchObject({ status: 404 });
  await expect.poll(hooks.types, { timeout: 10_000 }).toEqual(["user.deleted"]);
});

test("a user who may not delete their account can't", async () => {
  await using clerk = await startClerk();
  await clerk.sdk.users.updateUser(clerk.memberUserId, { deleteSelfEnabled: false });
  const browser = await memberIn(clerk);
  expect((await browser.send("DELETE", "/me")).status).toBe(403);
  expect(await browser.sessions()).toHaveLength(1);
});

test("a user who knows the password can change it, and other browsers are signed out on request", async () => {
  await using clerk = await startClerk();
  const [browser, elsewhere] = [await memberIn(clerk), await memberIn(clerk)];
  const change = (current_password: string, new_password: string) =>
    browser.send("POST", "/me/change_password", { current_password, new_password, sign_out_of_other_sessions: "true" });
  expect((await change("wrong", "new password 1")).body.errors?.[0]).toMatchObject({
    code: "form_password_incorrect",
    meta: { param_name: "current_password" },
  });
  expect((await change(clerk.seedPassword, "short")).status).toBe(422);
  expect(await elsewhere.sessions()).toHaveLength(1);
  expect((await change(clerk.seedPassword, "new password 1")).status).toBe(200);
  expect(await browser.sessions()).toHaveLength(1);
  expect(await elsewhere.sessions()).toEqual([]);
  await elsewhere.signIn(clerk.memberEmail, "new password 1");
});

test("a user's signed-in browsers are listed without their tokens, and can be signed out", async () => {
  await using clerk = await startClerk();
  const [browser, elsewhere] = [await memberIn(clerk), await memberIn(clerk)];
  const list = await (await browser.fetch("/me/sessions/active")).text();
  const [other] = await elsewhere.sessions();
  expect(list).toContain(other?.id);
  expect(list).not.toContain("eyJ");
  expect((await browser.send("POST", `/me/sessions/${other?.id}/revoke`)).status).toBe(200);
  expect(await elsewhere.sessions()).toEqual([]);

  const stranger = new Browser(clerk);
  await stranger.signIn(clerk.adminEmail, clerk.seedPassword);
  const [own] = await browser.sessions();
  expect((await stranger.send("POST", `/me/sessions/${own?.id}/revoke`)).status).toBe(404);
  expect(await browser.sessions()).toHaveLength(1);
});

test("an address is added, verified by a code, made the primary one, and the old one removed", async () => {
  await using clerk = await startClerk();
  const browser = await memberIn(clerk);
  await using hooks = await webhookTypes(clerk);
  const added = await browser.send("POST", "/me/email_addresses/", { email_address: "Second@Example.com" });
  const id = added.body.response?.id ?? "";
  expect((await browser.send("PATCH", "/me", { primary_email_address_id: id })).status).toBe(422);
  await browser.send("POST", `/me/email_addresses/${id}/prepare_verification`, { strategy: "email_code" });
  const code = await codeFor(clerk, "second@example.com");
  expect((await browser.send("POST", `/me/email_addresses/${id}/attempt_verification`, { code: "x" })).status).toBe(
    422,
  );
  await browser.send("POST", `/me/email_addresses/${id}/attempt_verification`, { code });
  expect((await browser.send("PATCH", "/me", { primary_email_address_id: id })).status).toBe(200);

  const moved = await clerk.sdk.users.getUser(clerk.memberUserId);
  expect(moved.primaryEmailAddress?.emailAddress).toBe("second@example.com");
  expect(moved.primaryEmailAddress?.verification?.status).toBe("verified");
  const old = moved.emailAddresses.find((email) => email.emailAddress === clerk.memberEmail);
  expect((await browser.send("DELETE", `/me/email_addresses/${old?.id}`)).status).toBe(200);
  expect(await browser.send("DELETE", `/me/email_addresses/${id}`)).toMatchObject({
    status: 403,
    body: { errors: [{ code: "last_identification_deletion_failed" }] },
  });
  await expect.poll(hooks.types, { timeout: 10_000 }).toEqual(Array(4).fill("user.updated"));
});

test("when the primary address is removed, another verified one replaces it", async () => {
  await using clerk = await startClerk();
  const browser = new Browser(clerk);
  await browser.signIn("petra.primary@example.com", clerk.seedPassword);
  const [petra] = (await clerk.sdk.users.getUserList({ emailAddress: ["petra.primary@example.com"] })).data;
  await browser.send("DELETE", `/me/email_addresses/${petra?.primaryEmailAddressId}`);
  const after = await clerk.sdk.users.getUser(petra?.id ?? "");
  expect(after.primaryEmailAddress?.emailAddress).toBe("petra.old@example.com");
});

test("an address that another user has verified can't be added", async () => {
  await using clerk = await startClerk();
  const browser = await memberIn(clerk);
  const added = await browser.send("POST", "/me/email_addresses", { email_address: clerk.adminEmail });
  expect(added).toMatchObject({ status: 422, body: { errors: [{ code: "form_identifier_exists" }] } });
});
