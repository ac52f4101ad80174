import { describe, expect, test } from "vitest";
import type { UserColumns } from "../../src/index.ts";
import { userReader } from "../../src/index.ts";

const KNOWN = { instanceId: "ins_test", at: null };

/** A user as Clerk lists them. */
const user = (differences: Record<string, unknown> = {}) => ({
  id: "user_Ann",
  primary_email_address_id: null,
  email_addresses: [],
  primary_phone_number_id: "idn_2",
  phone_numbers: [
    { id: "idn_1", phone_number: "+15555550101", verification: { status: "verified" } },
    { id: "idn_2", phone_number: "+15555550102", verification: { status: "unverified" } },
  ],
  first_name: "Ann",
  last_name: "",
  username: "an\u0000n",
  external_id: "42",
  banned: true,
  locked: true,
  public_metadata: { plan: "pro", "a.b": 1, nothing: null },
  private_metadata: { salary: 1 },
  unsafe_metadata: { theme: "dark" },
  created_at: 1_790_000_000_123,
  updated_at: 1_790_000_000_456,
  last_active_at: 1_790_000_000_789,
  ...differences,
});

/** What is read of the user into `extra`, or the fields at fault. */
function extraOf(columns: Omit<UserColumns, "email">, differences: Record<string, unknown> = {}): unknown {
  const read = userReader({ email: "email", ...columns })(user(differences), KNOWN);
  return read.success ? read.snapshot.extra : read.error.issues.map(({ path }) => path.join("."));
}

test("without columns for them, no further fields are read", () => {
  expect(extraOf({ emailVerified: "a", name: "b", image: "c" })).toBeNull();
});

test.each<[string, Omit<UserColumns, "email">, unknown]>([
  ["firstName", { firstName: "a" }, "Ann"],
  ["lastName", { lastName: "a" }, null],
  ["username", { username: "a" }, "ann"],
  ["phone", { phone: "a" }, "+15555550102"],
  ["phoneVerified", { phoneVerified: "a" }, false],
  ["externalId", { externalId: "a" }, "42"],
  ["banned", { banned: "a" }, true],
  ["clerkCreatedAt", { clerkCreatedAt: "a" }, 1_790_000_000_123],
  ["publicMetadata", { publicMetadata: "a" }, { plan: "pro", "a.b": 1, nothing: null }],
  ["unsafeMetadata", { unsafeMetadata: { column: "a", acceptsUserInput: true } }, { theme: "dark" }],
])("if only %s has a column, it alone is read", (field, columns, value) => {
  expect(extraOf(columns)).toEqual({ [field]: value });
});

test.each([
  ["publicMetadata.plan", "pro"],
  ["publicMetadata.a.b", 1],
  ["publicMetadata.nothing", null],
  ["publicMetadata.missing", null],
  ["publicMetadata.constructor", null],
] as const)("%s is one key of the metadata, whatever the key", (field, value) => {
  expect(extraOf({ [field]: "column" })).toEqual({ [field]: value });
});

test("the phone is the primary one, whatever the order, and null if there is none", () => {
  const columns = { phone: "a", phoneVerified: "b" };
  expect(extraOf(columns, { primary_phone_number_id: "idn_1" })).toEqual({
    phone: "+15555550101",
    phoneVerified: true,
  });
  expect(extraOf(columns, { primary_phone_number_id: null })).toEqual({ phone: null, phoneVerified: false });
  expect(extraOf(columns, { phone_numbers: [] })).toEqual({ phone: null, phoneVerified: false });
});

test("what Clerk leaves out is empty", () => {
  const columns = { firstName: "a", phone: "b", banned: "c", publicMetadata: "d", "publicMetadata.plan": "e" };
  const nothing = { first_name: null, phone_numbers: undefined, banned: undefined, public_metadata: null };
  expect(extraOf(columns, nothing)).toEqual({
    firstName: null,
    phone: null,
    banned: false,
    publicMetadata: {},
    "publicMetadata.plan": null,
  });
});

describe("a field that is not of the expected form", () => {
  const odd = { phone_numbers: [{ id: 1 }], public_metadata: "text", banned: "yes" };

  test("does no harm if no column is named for it", () => {
    expect(extraOf({ username: "a" }, odd)).toEqual({ username: "ann" });
  });

  test.each([
    ["phone", "phone_numbers.0.id"],
    ["publicMetadata", "public_metadata"],
    ["publicMetadata.plan", "public_metadata"],
    ["banned", "banned"],
  ] as const)("makes the user unusable if a column is named for %s, instead of emptying the column", (field, fault) => {
    expect(extraOf({ [field]: "a" }, odd)).toContain(fault);
  });
});
