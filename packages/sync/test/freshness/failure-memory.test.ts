import { beforeEach, expect, test } from "vitest";
import { ClerkRefusal } from "../../src/clerk/clerk-api.ts";
import { UnusableAnswer } from "../../src/clerk/get-user.ts";
import { createFailureMemory, type FailureMemory } from "../../src/freshness/failure-memory.ts";
import { SyncError, type SyncErrorCode } from "../../src/sync-error.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

let now = 0;
let failures: FailureMemory;
beforeEach(() => {
  now = 0;
  failures = createFailureMemory(() => now);
});

const fail = (userId: string, code: SyncErrorCode, retryAfterMs?: number): void =>
  failures.remember(userId, new SyncError(code, "as it happened", retryAfterMs === undefined ? {} : { retryAfterMs }));

/** How long a user's failure is remembered from now on, in ms. */
function rememberedFor(userId: string): number {
  const start = now;
  while (failures.recall(userId)) now += SECOND;
  return now - start;
}

const outages: SyncErrorCode[] = ["CLERK_UNREACHABLE", "CLERK_TIMEOUT", "CLERK_ERROR", "CLERK_UNAUTHORIZED"];

test.each(outages)("%s once is not an outage; twice in a row stops all requests for ten seconds", (code) => {
  fail("user_Ann", code);
  expect(failures.recall("user_Ann")).toBeUndefined();
  fail("user_Bob", code);
  expect(failures.recall("user_Cid")?.code).toBe(code);
  expect(rememberedFor("user_Cid")).toBe(10 * SECOND);
});

test("two failures with an answer between them are not an outage", () => {
  fail("user_Ann", "CLERK_TIMEOUT");
  failures.forget("user_Bob");
  fail("user_Ann", "CLERK_TIMEOUT");
  expect(failures.recall("user_Ann")).toBeUndefined();
});

test("a longer outage is remembered again after each try, and one answer ends it", () => {
  fail("user_Ann", "CLERK_UNREACHABLE");
  fail("user_Ann", "CLERK_UNREACHABLE");
  now += 10 * SECOND;
  fail("user_Ann", "CLERK_UNREACHABLE");
  expect(failures.recall("user_Bob")?.code).toBe("CLERK_UNREACHABLE");
  failures.forget("user_Ann");
  expect(failures.recall("user_Bob")).toBeUndefined();
});

test("an unknown user is requested again after 10 s, then after twice as long each time, up to five minutes", () => {
  const waits = Array.from({ length: 7 }, () => {
    fail("user_Ann", "USER_NOT_FOUND");
    expect(failures.recall("user_Bob")).toBeUndefined();
    return rememberedFor("user_Ann") / SECOND;
  });
  expect(waits).toEqual([10, 20, 40, 80, 160, 300, 300]);
  failures.forget("user_Ann");
  fail("user_Ann", "USER_NOT_FOUND");
  expect(rememberedFor("user_Ann")).toBe(10 * SECOND);
});

test("a used-up quota stops all requests for a minute at most, and any answer ends it", () => {
  fail("user_Ann", "CLERK_RATE_LIMITED", 24 * 60 * MINUTE);
  expect(rememberedFor("user_Bob")).toBe(MINUTE);
  fail("user_Ann", "CLERK_RATE_LIMITED", 24 * 60 * MINUTE);
  failures.forget("user_Cid");
  expect(failures.recall("user_Bob")).toBeUndefined();
});

test.each([
  ["unusable answer", new UnusableAnswer("user_Ann")],
  ["refused request", new ClerkRefusal(422, "/users/user_Ann")],
])("one user's %s is not an outage, however often: only that user is not requested for five minutes", (_, error) => {
  failures.remember("user_Ann", error);
  failures.remember("user_Ann", error);
  expect(failures.recall("user_Bob")).toBeUndefined();
  expect(rememberedFor("user_Ann")).toBe(5 * MINUTE);
});

test("a 404 that is not Clerk's own, which every request would get, counts as an outage", () => {
  for (const userId of ["user_Ann", "user_Bob"]) failures.remember(userId, new ClerkRefusal(404, `/users/${userId}`));
  expect(failures.recall("user_Cid")?.code).toBe("CLERK_ERROR");
});

test("a used-up quota stops all requests for as long as Clerk said", () => {
  fail("user_Ann", "CLERK_RATE_LIMITED", 42 * SECOND);
  expect(failures.recall("user_Bob")?.code).toBe("CLERK_RATE_LIMITED");
  expect(rememberedFor("user_Bob")).toBe(42 * SECOND);
});

test.each<SyncErrorCode>(["DATA_REJECTED", "INSTANCE_REFUSED"])(
  "after %s, that user is not requested for five minutes",
  (code) => {
    fail("user_Ann", code);
    expect(failures.recall("user_Bob")).toBeUndefined();
    expect(rememberedFor("user_Ann")).toBe(5 * MINUTE);
  },
);

test.each<SyncErrorCode>(["SCHEMA_MISMATCH", "DATABASE_UNREACHABLE"])(
  "an answer that could not be written for %s is requested again after ten seconds",
  (code) => {
    fail("user_Ann", code);
    expect(failures.recall("user_Bob")).toBeUndefined();
    expect(rememberedFor("user_Ann")).toBe(10 * SECOND);
  },
);
