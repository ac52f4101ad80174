import { type Emulator, startEmulator } from "@rollcall/clerk-emulator";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { z } from "zod/v4";
import { sessionKeys } from "../src/session-keys.ts";
import { control, signIn } from "./sign-in.ts";

const MINUTE = 60_000;

let clerk: Emulator;
let now: number;
beforeEach(async () => {
  clerk = await startEmulator({ users: 2 });
  now = performance.now();
  vi.spyOn(performance, "now").mockImplementation(() => now);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await clerk[Symbol.asyncDispose]();
});

const keys = () => sessionKeys({ secretKey: clerk.secretKey, apiUrl: clerk.url }).keyOf;
const asked = async () => z.object({ total: z.number() }).parse(await control(clerk, "GET", "/requests")).total;

/** A token whose header names a key that does not exist. */
const unknownKey = () =>
  new Headers({ authorization: `Bearer ${Buffer.from('{"kid":"nobody"}').toString("base64url")}.e30.c2ln` });

test("Clerk is asked once, however many calls wait for the keys", async () => {
  const keyOf = keys();
  const { bearer, cookie } = await signIn(clerk, clerk.memberUserId);
  const found = await Promise.all(Array.from({ length: 1_000 }, (_, nth) => keyOf(nth % 2 === 0 ? bearer : cookie)));
  expect(new Set(found).size).toBe(1);
  expect(found[0]).toMatch(/^-----BEGIN PUBLIC KEY-----/);
  expect(await asked()).toBe(1);
});

test("the keys are refreshed every five minutes, and no call waits for that", async () => {
  const keyOf = keys();
  const { bearer } = await signIn(clerk, clerk.memberUserId);
  await keyOf(bearer);
  now += 4 * MINUTE;
  await keyOf(bearer);
  expect(await asked()).toBe(1);
  await control(clerk, "POST", "/faults", { latencyMs: 600_000, path: "/v1/jwks" });
  now += 2 * MINUTE;
  expect(await keyOf(bearer)).toMatch(/^-----BEGIN PUBLIC KEY-----/);
  await expect.poll(asked).toBe(2);
});

test("while Clerk is down, the known keys stay valid without a limit", async () => {
  const keyOf = keys();
  const { bearer } = await signIn(clerk, clerk.memberUserId);
  const key = await keyOf(bearer);
  await clerk.stop();
  for (let minutes = 0; minutes < 60; minutes += 6) {
    now += 6 * MINUTE;
    expect(await keyOf(bearer)).toBe(key);
  }
});

test("a token that names an unknown key is checked with the known ones, and asks Clerk at most twice a minute", async () => {
  const keyOf = keys();
  const { bearer } = await signIn(clerk, clerk.memberUserId);
  const key = await keyOf(bearer);
  for (let call = 0; call < 10; call++) expect(await keyOf(unknownKey())).toBe(key);
  expect(await asked()).toBe(1);
  now += 31_000;
  for (let call = 0; call < 10; call++) expect(await keyOf(unknownKey())).toBe(key);
  expect(await asked()).toBe(2);
});

test("a request without a token needs no key", async () => {
  for (const headers of [{}, { authorization: "Bearer x" }, { cookie: "__session=%; a=b" }]) {
    expect(await keys()(new Headers(headers))).toBeUndefined();
  }
  expect(await asked()).toBe(0);
});

test.each([
  [{ status: 500 }, "CLERK_UNREACHABLE"],
  [{ resetRate: 1 }, "CLERK_UNREACHABLE"],
  [{ status: 401 }, "CLERK_UNAUTHORIZED"],
])("if no key is known and Clerk fails with %j, the error says so, and the next call retries", async (fault, code) => {
  const keyOf = keys();
  const { bearer } = await signIn(clerk, clerk.memberUserId);
  await control(clerk, "POST", "/faults", { ...fault, path: "/v1/jwks" });
  await expect(keyOf(bearer)).rejects.toMatchObject({ name: "SyncError", code });
  await control(clerk, "DELETE", "/faults");
  expect(await keyOf(bearer)).toMatch(/^-----BEGIN PUBLIC KEY-----/);
});

test.each([
  [+60_000, "This server's clock is 60 s ahead of Clerk's"],
  [-60_000, "This server's clock is 60 s behind Clerk's"],
])("a clock that is %d ms off Clerk's is reported once per load of the keys", async (off, text) => {
  const lines: string[] = [];
  const logger = { info() {}, warn: (_: unknown, message: string) => lines.push(message), error() {} };
  const { keyOf, clockHint } = sessionKeys({ secretKey: clerk.secretKey, apiUrl: clerk.url, logger });
  const { bearer } = await signIn(clerk, clerk.memberUserId);
  // To the second: the `Date` header has whole seconds.
  const dateNow = Math.floor(Date.now() / 1_000) * 1_000 + off;
  vi.spyOn(Date, "now").mockImplementation(() => dateNow);
  for (let call = 0; call < 3; call++) await keyOf(bearer);
  expect(lines).toHaveLength(1);
  expect(lines[0]?.replace(/\b(59|61) s/, "60 s")).toContain(text);
  expect(clockHint()).toBe(lines[0]);
});

test("a clock that agrees with Clerk's is not mentioned", async () => {
  const { keyOf, clockHint } = sessionKeys({ secretKey: clerk.secretKey, apiUrl: clerk.url });
  await keyOf((await signIn(clerk, clerk.memberUserId)).bearer);
  expect(clockHint()).toBeUndefined();
});
