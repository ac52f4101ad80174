import { verifyToken } from "@clerk/backend";
import { expect, test } from "vitest";
import { signedIn, startClerk } from "./clerk.ts";

const ORIGIN = "http://localhost:3000";

type Clerk = Awaited<ReturnType<typeof startClerk>>;

const signIn = async (clerk: Clerk, body: object) =>
  signedIn.parse((await clerk.control("POST", "/sign-in", body)).body);

const verify = (clerk: Clerk, token: string) =>
  verifyToken(token, { secretKey: clerk.secretKey, apiUrl: clerk.url, authorizedParties: [ORIGIN] });

test("the SDK verifies the token of a sign-in and finds the claims of the user's current data", async () => {
  await using clerk = await startClerk();
  const { token, sessionId } = await signIn(clerk, { userId: clerk.adminUserId });
  const user = await clerk.sdk.users.getUser(clerk.adminUserId);
  expect(await verify(clerk, token)).toMatchObject({
    sub: clerk.adminUserId,
    sid: sessionId,
    azp: ORIGIN,
    v: 2,
    sts: "active",
    fva: [0, -1],
    updated_at: Math.floor(user.updatedAt / 1000),
    metadata: { role: "admin" },
  });
});

test("a user without a role has none in the token", async () => {
  await using clerk = await startClerk();
  const { token } = await signIn(clerk, { userId: clerk.memberUserId });
  expect(await verify(clerk, token)).toMatchObject({ metadata: { role: null } });
});

test("given claims override the token's, and null removes one", async () => {
  await using clerk = await startClerk();
  const claims = { updated_at: null, exp: Math.floor(Date.now() / 1000) + 3600, plan: "pro" };
  const { token } = await signIn(clerk, { userId: clerk.adminUserId, claims });
  const payload = await verify(clerk, token);
  expect(payload).toMatchObject({ exp: claims.exp, plan: "pro", metadata: { role: "admin" } });
  expect(payload).not.toHaveProperty("updated_at");
});

test("the SDK accepts a request with a bearer token", async () => {
  await using clerk = await startClerk();
  const { token } = await signIn(clerk, { userId: clerk.memberUserId });
  const request = new Request(ORIGIN, { headers: { authorization: `Bearer ${token}` } });
  const state = await clerk.sdk.authenticateRequest(request, { authorizedParties: [ORIGIN] });
  expect(state.toAuth()).toMatchObject({ userId: clerk.memberUserId });
});

test("the SDK accepts a request with the cookies", async () => {
  await using clerk = await startClerk();
  const { cookies } = await signIn(clerk, { userId: clerk.memberUserId });
  const cookie = Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join("; ");
  const request = new Request(ORIGIN, { headers: { cookie, "sec-fetch-dest": "document" } });
  const state = await clerk.sdk.authenticateRequest(request, { authorizedParties: [ORIGIN] });
  expect(state).toMatchObject({ status: "signed-in", reason: null });
  expect(state.toAuth()).toMatchObject({ userId: clerk.memberUserId });
  expect(Object.keys(cookies)).toHaveLength(5);
});

test("a pending session has no user", async () => {
  await using clerk = await startClerk();
  const { token } = await signIn(clerk, { userId: clerk.memberUserId, claims: { sts: "pending" } });
  const request = new Request(ORIGIN, { headers: { authorization: `Bearer ${token}` } });
  const state = await clerk.sdk.authenticateRequest(request, { authorizedParties: [ORIGIN] });
  expect(state.toAuth()).toMatchObject({ userId: null });
});

test("another instance does not know the key", async () => {
  await using clerk = await startClerk();
  await using other = await startClerk();
  const { token } = await signIn(clerk, { userId: clerk.memberUserId });
  await expect(verify(other, token)).rejects.toMatchObject({ reason: "jwk-kid-mismatch" });
});

test("a sign-in by control does not change the user", async () => {
  await using clerk = await startClerk();
  const before = (await clerk.sdk.users.getUser(clerk.memberUserId)).raw;
  await signIn(clerk, { userId: clerk.memberUserId });
  expect((await clerk.sdk.users.getUser(clerk.memberUserId)).raw).toEqual(before);
});

test("an unknown user can't sign in", async () => {
  await using clerk = await startClerk();
  expect(await clerk.control("POST", "/sign-in", { userId: clerk.deletedUserId })).toMatchObject({
    status: 404,
    body: { errors: [{ code: "resource_not_found" }] },
  });
});

test("the SDK opens a session, asks for its tokens, lists and revokes it", async () => {
  await using clerk = await startClerk();
  const session = await clerk.sdk.sessions.createSession({ userId: clerk.memberUserId });
  const { jwt } = await clerk.sdk.sessions.getToken(session.id, undefined, 600);
  const payload = await verifyToken(jwt, { secretKey: clerk.secretKey, apiUrl: clerk.url });
  expect(payload.exp - payload.iat).toBe(600);
  expect(payload.sid).toBe(session.id);
  expect(payload).not.toHaveProperty("azp");

  const list = await clerk.sdk.sessions.getSessionList({ userId: clerk.memberUserId, status: "active" });
  expect(list).toMatchObject({ totalCount: 1, data: [{ id: session.id, clientId: session.clientId }] });

  expect((await clerk.sdk.sessions.revokeSession(session.id)).status).toBe("revoked");
  await expect(clerk.sdk.sessions.getToken(session.id)).rejects.toMatchObject({ status: 404 });
  expect((await clerk.sdk.sessions.getSessionList({ userId: clerk.memberUserId, status: "active" })).totalCount).toBe(
    0,
  );
});

test("the sessions of a deleted user are gone", async () => {
  await using clerk = await startClerk();
  const session = await clerk.sdk.sessions.createSession({ userId: clerk.memberUserId });
  await clerk.sdk.users.deleteUser(clerk.memberUserId);
  await expect(clerk.sdk.sessions.getSession(session.id)).rejects.toMatchObject({ status: 404 });
});
