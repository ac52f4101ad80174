import { expect, test } from "vitest";
import { type Freshness, requirePersisted, requirePresent } from "../../src/index.ts";

const user = { id: "user_Ann", clerkId: "user_Ann", email: null, emailVerified: null, name: null, image: null };

const synced = (state: "fresh" | "stale", banned: boolean): Freshness => ({
  state,
  source: "database",
  user,
  mirror: {
    state: "present",
    user,
    updatedAt: new Date(0),
    checkedAt: new Date(0),
    claim: { email: null, verified: false },
    conflict: false,
    complete: true,
    banned,
  },
});
const rowless: Freshness = {
  state: "unpersisted",
  source: "clerk",
  user: { ...user, id: null },
  errorCode: "CLERK_TIMEOUT",
};

test.each(["fresh", "stale"] as const)("a banned caller whose row is %s is refused, if the host says so", (state) => {
  const banned = synced(state, true);
  expect(() => requirePresent(banned, { refuseBanned: true })).toThrow(
    expect.objectContaining({ code: "USER_BANNED" }),
  );
  expect(() => requirePersisted(banned, { refuseBanned: true })).toThrow(
    expect.objectContaining({ code: "USER_BANNED" }),
  );
  expect(requirePresent(banned)).toBe(banned);
  expect(requirePresent(banned, { refuseBanned: false })).toBe(banned);
});

test("a caller who is not banned is not refused", () => {
  const free = synced("fresh", false);
  expect(requirePersisted(free, { refuseBanned: true })).toBe(free);
});

test("nothing is known of a ban without a row", () => {
  expect(requirePresent(rowless, { refuseBanned: true })).toBe(rowless);
  expect(() => requirePersisted(rowless, { refuseBanned: true })).toThrow(
    expect.objectContaining({ code: "CLERK_TIMEOUT" }),
  );
});
