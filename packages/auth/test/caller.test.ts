import { createPublicKey } from "node:crypto";
import { type Emulator, startEmulator } from "@rollcall/clerk-emulator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod/v4";
import { callerReader, originOf } from "../src/caller.ts";
import { sessionKeys } from "../src/session-keys.ts";
import { control, ORIGIN, signIn } from "./sign-in.ts";

let clerk: Emulator;
beforeAll(async () => {
  clerk = await startEmulator({ users: 2 });
});
afterAll(() => clerk[Symbol.asyncDispose]());

const reader = (options: Partial<Parameters<typeof callerReader>[0]> = {}) =>
  callerReader({
    secretKey: clerk.secretKey,
    publishableKey: clerk.publishableKey,
    apiUrl: clerk.url,
    keyOf: sessionKeys({ secretKey: clerk.secretKey, apiUrl: clerk.url }).keyOf,
    ...options,
  });

const now = () => Math.floor(Date.now() / 1_000);

describe("Clerk's session token", () => {
  test("says who calls, as Bearer and as cookies", async () => {
    const { bearer, cookie } = await signIn(clerk, clerk.adminUserId);
    const caller = await reader()(bearer);
    expect(caller).toMatchObject({ userId: clerk.adminUserId, role: "admin" });
    expect(await reader()(cookie)).toEqual(caller);
  });

  test.each([
    ["is expired", () => ({ exp: now() - 60, iat: now() - 120, nbf: now() - 120 })],
    ["is not valid yet", () => ({ nbf: now() + 60, iat: now() + 60, exp: now() + 120 })],
    ["was made for another origin", () => ({ azp: "https://evil.example.com" })],
    ["belongs to a session that is not complete", () => ({ sts: "pending" })],
  ])("that %s is refused", async (_, claims) => {
    const { bearer, cookie } = await signIn(clerk, clerk.memberUserId, claims());
    expect(await reader()(bearer)).toBeNull();
    expect(await reader()(cookie)).toBeNull();
  });

  test("that someone else signed is refused", async () => {
    await using other = await startEmulator({ users: 2 });
    const { bearer, cookie } = await signIn(other, other.memberUserId);
    const read = reader();
    expect(await read(bearer)).toBeNull();
    expect(await read(cookie)).toBeNull();
  });

  test("whose payload was changed is refused", async () => {
    const { bearer } = await signIn(clerk, clerk.memberUserId);
    const [header, payload = "", signature] = (bearer.get("authorization") ?? "").split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
    const forged = Buffer.from(JSON.stringify({ ...claims, sub: clerk.adminUserId })).toString("base64url");
    bearer.set("authorization", [header, forged, signature].join("."));
    expect(await reader()(bearer)).toBeNull();
  });

  test.each(["", "Bearer ", "Bearer x", "Bearer a.b.c", "Basic dTpw"])("is not in %j", async (authorization) => {
    expect(await reader()(new Headers({ host: "localhost:3000", authorization }))).toBeNull();
  });

  test("is verified with CLERK_JWT_KEY without a request to Clerk", async () => {
    const { keys } = z
      .object({ keys: z.array(z.looseObject({ kty: z.string() })) })
      .parse(
        await (await fetch(`${clerk.url}/v1/jwks`, { headers: { authorization: `Bearer ${clerk.secretKey}` } })).json(),
      );
    const [key = { kty: "" }] = keys;
    const jwtKey = createPublicKey({ key, format: "jwk" }).export({ type: "spki", format: "pem" }).toString();
    const { bearer } = await signIn(clerk, clerk.memberUserId);
    await control(clerk, "DELETE", "/requests");
    expect(await reader({ keyOf: async () => jwtKey })(bearer)).toMatchObject({ userId: clerk.memberUserId });
    expect(await control(clerk, "GET", "/requests")).toMatchObject({ total: 0 });
  });
});

describe("a request with more than a session", () => {
  const requests = async () => z.object({ total: z.number() }).parse(await control(clerk, "GET", "/requests")).total;

  test("does not ask Clerk to refresh an ended session", async () => {
    const { cookie } = await signIn(clerk, clerk.memberUserId, { exp: now() - 60, iat: now() - 120, nbf: now() - 120 });
    const [, suffix] = /__session_([\w-]+)=/.exec(cookie.get("cookie") ?? "") ?? [];
    cookie.set("cookie", `${cookie.get("cookie")}; __refresh_${suffix}=x`);
    const read = reader();
    await read((await signIn(clerk, clerk.memberUserId)).bearer); // loads the keys
    await control(clerk, "DELETE", "/requests");
    expect(await read(cookie)).toBeNull();
    expect(await requests()).toBe(0);
  });

  test("is signed in even if a link on another site leads here", async () => {
    const { cookie } = await signIn(clerk, clerk.memberUserId);
    cookie.set("sec-fetch-dest", "document");
    cookie.set("accept", "text/html");
    cookie.set("referer", "https://mail.example.com/");
    expect(await reader()(cookie)).toMatchObject({ userId: clerk.memberUserId });
  });
});

describe("the claims", () => {
  test.each([
    ["seconds", 1_767_225_600, new Date(1_767_225_600_000)],
    ["milliseconds", 1_767_225_600_123, new Date(1_767_225_600_123)],
    ["text, as a template may give it", "1767225600", new Date(1_767_225_600_000)],
    ["nothing", null, null],
    ["a template that was not filled in", "{{user.updated_at}}", null],
    ["zero", 0, null],
  ])("give the time of the last change from %s", async (_, updated_at, expected) => {
    const { bearer } = await signIn(clerk, clerk.memberUserId, { updated_at });
    expect(await reader()(bearer)).toMatchObject({ userUpdatedAt: expected });
  });

  test.each([
    ["no metadata", null],
    ["a role that is not a string", { role: 7 }],
    ["metadata that is not an object", "admin"],
  ])("give no role from %s", async (_, metadata) => {
    const { bearer } = await signIn(clerk, clerk.adminUserId, { metadata });
    expect(await reader()(bearer)).toMatchObject({ userId: clerk.adminUserId, role: null });
  });
});

describe("the origin that a token was made for", () => {
  test("must be in the app's list", async () => {
    const { bearer } = await signIn(clerk, clerk.memberUserId);
    bearer.set("host", "127.0.0.1:4000");
    expect(await reader({ authorizedParties: ["https://app.example.com", ORIGIN] })(bearer)).not.toBeNull();
    expect(await reader({ authorizedParties: ["https://app.example.com"] })(bearer)).toBeNull();
  });

  test("must be the request's own if the app lists none", async () => {
    const { bearer } = await signIn(clerk, clerk.memberUserId);
    expect(await reader()(bearer)).not.toBeNull();
    bearer.set("host", "localhost:3001");
    expect(await reader()(bearer)).toBeNull();
  });

  test.each([
    [{ host: "localhost:3000" }, "http://localhost:3000"],
    [{ host: "[::1]:3000" }, "http://[::1]:3000"],
    [{ host: "app.example.com" }, "https://app.example.com"],
    [
      { host: "10.0.0.1:8080", "x-forwarded-host": "app.example.com", "x-forwarded-proto": "https" },
      "https://app.example.com",
    ],
    [{ host: "app.example.com", "x-forwarded-proto": "https,http" }, "https://app.example.com"],
    [{ host: "10.0.0.1", "x-forwarded-host": "app.example.com, cdn.internal" }, "https://app.example.com"],
    [{ host: "app.example.com", "x-forwarded-host": "" }, "https://app.example.com"],
    [{ host: "app.example.com", "x-forwarded-proto": "javascript" }, "https://app.example.com"],
    [{ host: "localhost:3000", "x-forwarded-proto": "javascript" }, "http://localhost:3000"],
    [{ host: "localhost.evil.example.com" }, "https://localhost.evil.example.com"],
    [{ host: "a b" }, "http://localhost"],
  ])("is read from %j as %s", (headers, expected) => {
    expect(originOf(new Headers(headers))).toBe(expected);
  });
});
