import { verifyToken } from "@clerk/backend";
import { afterEach, expect, test, vi } from "vitest";
import { Browser, codeFor } from "./browser.ts";
import { signedIn, startClerk } from "./clerk.ts";
import { receiveWebhooks } from "./webhook-receiver.ts";

type Clerk = Awaited<ReturnType<typeof startClerk>>;

const verify = (clerk: Clerk, token: string) => verifyToken(token, { secretKey: clerk.secretKey, apiUrl: clerk.url });

afterEach(() => vi.useRealTimers());

test("a sign-in by email and password opens a session, and the browser knows since when", async () => {
  await using clerk = await startClerk();
  const browser = new Browser(clerk);
  expect((await browser.get("/client")).body).toEqual({ response: null, client: null });
  expect(browser.cookies.get("__client_uat")).toBe("0");

  const started = await browser.send("POST", "/client/sign_ins", {
    identifier: ` ${clerk.memberEmail.toUpperCase()} `,
  });
  expect(started.body.response).toMatchObject({
    status: "needs_first_factor",
    user_data: { first_name: "Morgan", last_name: "Member" },
    supported_first_factors: [
      { strategy: "password" },
      { strategy: "email_code", safe_identifier: clerk.memberEmail, primary: true },
      { strategy: "reset_password_email_code" },
    ],
  });
  const id = started.body.response?.id;
  const done = await browser.send("POST", `/client/sign_ins/${id}/attempt_first_factor`, {
    strategy: "password",
    password: clerk.seedPassword,
  });
  expect(done.body.response).toMatchObject({ status: "complete", first_factor_verification: { status: "verified" } });
  const [session] = await browser.sessions();
  expect(session).toMatchObject({ status: "active", user: { id: clerk.memberUserId } });
  const { iat } = await verify(clerk, session?.last_active_token.jwt ?? "");
  const since = Number(browser.cookies.get("__client_uat"));
  expect(since).toBeGreaterThan(0);
  expect(since).toBeLessThanOrEqual(iat);
  const suffixed = [...browser.cookies.keys()].filter((name) => /^__client_uat_[\w-]{8}$/.test(name));
  expect(suffixed.map((name) => browser.cookies.get(name))).toEqual([String(since)]);
});

test("an unknown address and a wrong password have different errors, like Clerk's", async () => {
  await using clerk = await startClerk();
  const browser = new Browser(clerk);
  const signIn = (identifier: string, password: string) =>
    browser.send("POST", "/client/sign_ins", { identifier, strategy: "password", password });
  expect(await signIn("nobody@example.com", "x")).toMatchObject({
    status: 422,
    body: { errors: [{ code: "form_identifier_not_found", meta: { param_name: "identifier" } }] },
  });
  expect(await signIn(clerk.memberEmail, "wrong password")).toMatchObject({
    status: 422,
    body: { errors: [{ code: "form_password_incorrect", meta: { param_name: "password" } }] },
  });
  expect(await browser.sessions()).toEqual([]);
  expect((await signIn(clerk.memberEmail, clerk.seedPassword)).status).toBe(200);
});

test("of several users with an address, its owner signs in", async () => {
  await using clerk = await startClerk();
  const owner = await clerk.sdk.users.createUser({
    emailAddress: ["ulf.unproven@example.com"],
    password: "owner's own 1",
  });
  const browser = new Browser(clerk);
  await browser.signIn("ulf.unproven@example.com", "owner's own 1");
  expect((await browser.sessions())[0]).toMatchObject({ user: { id: owner.id } });
});

test("a sign-in advances last_sign_in_at and updated_at, and sends user.updated", async () => {
  await using clerk = await startClerk();
  await using hooks = await receiveWebhooks(clerk.webhookSigningSecret);
  await clerk.control("POST", "/webhooks", { url: hooks.url });
  const before = await clerk.sdk.users.getUser(clerk.memberUserId);
  await new Browser(clerk).signIn(clerk.memberEmail, clerk.seedPassword);
  const after = await clerk.sdk.users.getUser(clerk.memberUserId);
  expect(after.lastSignInAt).toBeGreaterThan(before.lastSignInAt ?? 0);
  expect(after.updatedAt).toBeGreaterThan(before.updatedAt);
  await expect.poll(() => hooks.received.map(({ event }) => event.type), { timeout: 10_000 }).toEqual(["user.updated"]);
});

test("a session token is for the page that asks, lasts a minute, and has the user's current data", async () => {
  await using clerk = await startClerk();
  const browser = new Browser(clerk, "http://localhost:3333");
  const session = await browser.signIn(clerk.memberEmail, clerk.seedPassword);
  const { updatedAt } = await clerk.sdk.users.replaceUserMetadata(clerk.memberUserId, {
    publicMetadata: { role: "admin", salary: 1 },
  });
  const { body } = await browser.send("POST", `/client/sessions/${session}/tokens`);
  const claims = await verify(clerk, body.jwt ?? "");
  expect(claims).toMatchObject({
    sub: clerk.memberUserId,
    sid: session,
    azp: "http://localhost:3333",
    updated_at: Math.floor(updatedAt / 1000),
    metadata: { role: "admin" },
  });
  expect(claims.exp - claims.iat).toBe(60);
  expect(JSON.stringify(claims)).not.toContain("salary");
});

test("the lifetime of a session token can be set", async () => {
  await using clerk = await startClerk({ tokenLifetimeSeconds: 7 });
  const browser = new Browser(clerk);
  const session = await browser.signIn(clerk.memberEmail, clerk.seedPassword);
  const { body } = await browser.send("POST", `/client/sessions/${session}/tokens`);
  const { exp, iat } = await verify(clerk, body.jwt ?? "");
  expect(exp - iat).toBe(7);
});

test("a control call sets the lifetime of every token from then on", async () => {
  await using clerk = await startClerk();
  expect((await clerk.control("POST", "/tokens", { lifetimeSeconds: 0 })).status).toBe(422);
  expect((await clerk.control("POST", "/tokens", { lifetimeSeconds: 7 })).status).toBe(200);
  const given = signedIn.parse((await clerk.control("POST", "/sign-in", { userId: clerk.memberUserId })).body);
  const browser = new Browser(clerk);
  const session = await browser.signIn(clerk.memberEmail, clerk.seedPassword);
  const { body } = await browser.send("POST", `/client/sessions/${session}/tokens`);
  for (const token of [given.token, body.jwt ?? ""]) {
    const { exp, iat } = await verify(clerk, token);
    expect(exp - iat).toBe(7);
  }
});

test("a user signs in with an emailed code, once", async () => {
  const lines: string[] = [];
  await using clerk = await startClerk({ log: (line) => lines.push(line) });
  const browser = new Browser(clerk);
  const started = await browser.send("POST", "/client/sign_ins", { identifier: clerk.memberEmail });
  const path = `/client/sign_ins/${started.body.response?.id}`;
  await browser.send("POST", `${path}/prepare_first_factor`, { strategy: "email_code" });
  const code = await codeFor(clerk, clerk.memberEmail);
  expect(lines).toEqual([`Verification code for ${clerk.memberEmail}: ${code}`]);
  const attempt = (given: string) =>
    browser.send("POST", `${path}/attempt_first_factor`, { strategy: "email_code", code: given });
  expect((await attempt(code === "000000" ? "000001" : "000000")).body.errors?.[0]?.code).toBe("form_code_incorrect");
  expect((await attempt(code)).body.response).toMatchObject({ status: "complete" });
  expect(await browser.sessions()).toHaveLength(1);
  expect((await attempt(code)).status).toBe(422);
});

test("an old code, and one that was tried too often, are refused", async () => {
  await using clerk = await startClerk();
  const browser = new Browser(clerk);
  const started = await browser.send("POST", "/client/sign_ins", { identifier: clerk.memberEmail });
  const path = `/client/sign_ins/${started.body.response?.id}`;
  const prepare = () => browser.send("POST", `${path}/prepare_first_factor`, { strategy: "email_code" });
  const attempt = async (code: string) =>
    (await browser.send("POST", `${path}/attempt_first_factor`, { strategy: "email_code", code })).body.errors?.[0]
      ?.code;

  await prepare();
  for (let turn = 0; turn < 5; turn += 1) expect(await attempt("wrong")).toBe("form_code_incorrect");
  expect(await attempt(await codeFor(clerk, clerk.memberEmail))).toBe("verification_failed");

  await prepare();
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 11 * 60_000 });
  expect(await attempt(await codeFor(clerk, clerk.memberEmail))).toBe("verification_expired");
});

test("a forgotten password is replaced with a code", async () => {
  await using clerk = await startClerk();
  const elsewhere = new Browser(clerk);
  await elsewhere.signIn(clerk.memberEmail, clerk.seedPassword);
  const browser = new Browser(clerk);
  const started = await browser.send("POST", "/client/sign_ins", { identifier: clerk.memberEmail });
  const path = `/client/sign_ins/${started.body.response?.id}`;
  const strategy = "reset_password_email_code";
  expect((await browser.send("POST", `${path}/reset_password`, { password: "new password 1" })).status).toBe(422);
  await browser.send("POST", `${path}/prepare_first_factor`, { strategy });
  const code = await codeFor(clerk, clerk.memberEmail);
  const proven = await browser.send("POST", `${path}/attempt_first_factor`, { strategy, code });
  expect(proven.body.response).toMatchObject({ status: "needs_new_password" });
  expect(await browser.sessions()).toEqual([]);
  const short = await browser.send("POST", `${path}/reset_password`, { password: "short" });
  expect(short.body.errors?.[0]?.code).toBe("form_password_length_too_short");
  const done = await browser.send("POST", `${path}/reset_password`, {
    password: "new password 1",
    sign_out_of_other_sessions: "true",
  });
  expect(done.body.response).toMatchObject({ status: "complete" });
  expect(await elsewhere.sessions()).toEqual([]);
  await elsewhere.signIn(clerk.memberEmail, "new password 1");
});

test("a banned or locked user can't sign in", async () => {
  await using clerk = await startClerk();
  const signIn = async (identifier: string) =>
    (await new Browser(clerk).send("POST", "/client/sign_ins", { identifier, password: clerk.seedPassword })).body;
  expect(await signIn("bo.banned@example.com")).toMatchObject({ errors: [{ code: "user_banned" }] });
  await clerk.control("PATCH", `/users/${clerk.memberUserId}`, { locked: true });
  expect(await signIn(clerk.memberEmail)).toMatchObject({ errors: [{ code: "user_locked" }] });
});

test("a browser has one session, and its sign-ins are its own", async () => {
  await using clerk = await startClerk();
  const browser = new Browser(clerk);
  await browser.signIn(clerk.memberEmail, clerk.seedPassword);
  const second = await browser.send("POST", "/client/sign_ins", { identifier: clerk.adminEmail });
  expect(second).toMatchObject({ status: 400, body: { errors: [{ code: "session_exists" }] } });

  const victim = new Browser(clerk);
  const started = await victim.send("POST", "/client/sign_ins", { identifier: clerk.adminEmail });
  const path = `/client/sign_ins/${started.body.response?.id}/attempt_first_factor`;
  const thief = new Browser(clerk);
  const attempt = { strategy: "password", password: clerk.seedPassword };
  expect((await thief.send("POST", path, attempt)).status).toBe(404);
  expect((await victim.send("POST", path, attempt)).status).toBe(200);
});

test("a browser can't forge its cookie", async () => {
  await using clerk = await startClerk();
  const browser = new Browser(clerk);
  await browser.signIn(clerk.adminEmail, clerk.seedPassword);
  const cookie = decodeURIComponent(browser.cookies.get("__client") ?? "");
  const [id = "", signature = ""] = cookie.split(/\.(?=[^.]+$)/);
  for (const forged of [id, `${id}.`, `${id}.${signature.replace(/^./, (c) => (c === "A" ? "B" : "A"))}`]) {
    const thief = new Browser(clerk);
    thief.cookies.set("__client", encodeURIComponent(forged));
    expect(await thief.sessions()).toEqual([]);
  }
  const friend = new Browser(clerk);
  friend.cookies.set("__client", encodeURIComponent(cookie));
  expect(await friend.sessions()).toHaveLength(1);
});

test("a browser can continue a sign-in by control", async () => {
  await using clerk = await startClerk();
  const { cookies, sessionId } = signedIn.parse(
    (await clerk.control("POST", "/sign-in", { userId: clerk.memberUserId })).body,
  );
  const browser = new Browser(clerk);
  for (const [name, value] of Object.entries(cookies)) browser.cookies.set(name, value);
  expect((await browser.sessions())[0]).toMatchObject({ id: sessionId, user: { id: clerk.memberUserId } });
});

test("a sign-out ends the session", async () => {
  await using clerk = await startClerk();
  const browser = new Browser(clerk);
  const session = await browser.signIn(clerk.memberEmail, clerk.seedPassword);
  const answer = await browser.send("DELETE", "/client/sessions");
  expect(answer.body.response).toMatchObject({ sessions: [], last_active_session_id: null });
  expect(browser.cookies.get("__client_uat")).toBe("0");
  expect((await browser.send("POST", `/client/sessions/${session}/tokens`)).status).toBe(401);
  expect((await clerk.sdk.sessions.getSession(session)).status).toBe("removed");
});

test.each([
  ["end", "ended"],
  ["remove", "removed"],
])("after %s, a session is %s, and the response has no token", async (action, status) => {
  await using clerk = await startClerk();
  const browser = new Browser(clerk);
  const session = await browser.signIn(clerk.memberEmail, clerk.seedPassword);
  const answer = await browser.send("POST", `/client/sessions/${session}/${action}`);
  expect(answer.body).toMatchObject({ response: { id: session, status }, client: { sessions: [] } });
  expect(JSON.stringify(answer.body)).not.toContain("eyJ");
  expect((await clerk.sdk.sessions.getSession(session)).status).toBe(status);
});

test.each([
  ["deleted", (clerk: Clerk) => clerk.sdk.users.deleteUser(clerk.memberUserId)],
  ["banned", (clerk: Clerk) => clerk.sdk.users.banUser(clerk.memberUserId)],
  ["banned by control", (clerk: Clerk) => clerk.control("PATCH", `/users/${clerk.memberUserId}`, { banned: true })],
])("the session of a user who is %s ends", async (_, end) => {
  await using clerk = await startClerk();
  const browser = new Browser(clerk);
  const session = await browser.signIn(clerk.memberEmail, clerk.seedPassword);
  await end(clerk);
  expect(await browser.send("POST", `/client/sessions/${session}/tokens`)).toMatchObject({
    status: 401,
    body: { errors: [{ code: "signed_out" }] },
  });
  expect(await browser.sessions()).toEqual([]);
  expect(browser.cookies.get("__client_uat")).toBe("0");
});

test("a session expires after a week", async () => {
  await using clerk = await startClerk();
  const browser = new Browser(clerk);
  await browser.signIn(clerk.memberEmail, clerk.seedPassword);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 8 * 24 * 3_600_000 });
  expect(await browser.sessions()).toEqual([]);
});
