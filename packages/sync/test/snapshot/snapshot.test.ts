import type { UserJSON } from "@clerk/backend";
import fc from "fast-check";
import { describe, expect, expectTypeOf, test } from "vitest";
import { type ClerkUser, type Snapshot, toSnapshot } from "../../src/index.ts";
import { clerkUserSchema } from "../../src/snapshot/clerk-user.ts";

const BORN = Date.UTC(2026, 0, 1);
const VERIFIED = Date.UTC(2026, 0, 2);
const CHANGED = Date.UTC(2026, 0, 3);
const KNOWN = { instanceId: "ins_test", at: null };

type Email = ClerkUser["email_addresses"][number];

const email = (address: string, differences: Partial<Email> = {}): Email => ({
  id: "idn_1",
  email_address: address,
  verification: { status: "verified" },
  created_at: BORN,
  updated_at: VERIFIED,
  ...differences,
});

const user = (differences: Partial<ClerkUser> = {}): ClerkUser => ({
  id: "user_Ann",
  primary_email_address_id: "idn_1",
  email_addresses: [email("ann@example.com")],
  first_name: "Ann",
  last_name: "Lee",
  username: "annie",
  image_url: "https://img.example.com/ann",
  created_at: BORN,
  updated_at: CHANGED,
  ...differences,
});

const withEmail = (address: string, differences: Partial<Email> = {}): Snapshot =>
  toSnapshot(user({ email_addresses: [email(address, differences)] }), KNOWN);

describe("the email address of a user", () => {
  test("is the primary one, at any position in the list", () => {
    const addresses = [email("old@example.com", { id: "idn_old" }), email("new@example.com", { id: "idn_new" })];
    const { email: shown } = toSnapshot(
      user({ email_addresses: addresses, primary_email_address_id: "idn_new" }),
      KNOWN,
    );
    expect(shown).toBe("new@example.com");
  });

  test.each([
    ["there is no primary one", { primary_email_address_id: null }],
    ["the primary one is not named at all", { primary_email_address_id: undefined }],
    ["the primary one is not in the list", { primary_email_address_id: "idn_gone" }],
    ["the list is empty", { email_addresses: [] }],
  ])("is null if %s, however many others there are", (_, differences) => {
    expect(toSnapshot(user(differences), KNOWN)).toMatchObject({
      email: null,
      emailVerifiedAt: null,
      emailSince: null,
    });
  });

  test.each([
    ["spaces around it are not part of it", " \tann@example.com\n", "ann@example.com"],
    ["A to Z become lower case", "Ann.LEE@Example.COM", "ann.lee@example.com"],
    ["the Kelvin sign is not a k", "\u212Aim@example.com", "\u212Aim@example.com"],
    ["letters with marks stay as they are", "ÄÖÜ.İ@example.com", "ÄÖÜ.İ@example.com"],
    ["U+0000, which PostgreSQL cannot store, is left out", "ann\u0000@example.com", "ann@example.com"],
    ["of 320 characters it is kept", `${"a".repeat(308)}@example.com`, `${"a".repeat(308)}@example.com`],
  ])("%s", (_, given, shown) => {
    expect(withEmail(given).email).toBe(shown);
  });

  test.each([
    ["too long for any mailbox", `${"a".repeat(309)}@example.com`],
    ["nothing but spaces", "  "],
    ["nothing but U+0000", "\u0000"],
  ])("is null if it is %s: there is no claim", (_, address) => {
    expect(withEmail(address)).toMatchObject({ email: null, emailVerifiedAt: null, emailSince: null });
  });

  test("is verified since the address itself last changed", () => {
    expect(withEmail("ann@example.com").emailVerifiedAt).toEqual(new Date(VERIFIED));
  });

  test("is verified since the user was created if the address has no time", () => {
    expect(withEmail("ann@example.com", { updated_at: undefined }).emailVerifiedAt).toEqual(new Date(BORN));
  });

  test.each(["unverified", "failed", "expired", "reserved", "transferable", null, undefined])(
    "is not verified if Clerk says %s",
    (status) => {
      expect(withEmail("ann@example.com", { verification: { status } }).emailVerifiedAt).toBeNull();
    },
  );

  test("is not verified if Clerk does not mention a verification", () => {
    expect(withEmail("ann@example.com", { verification: null }).emailVerifiedAt).toBeNull();
  });

  test("is the user's since the address was added", () => {
    expect(withEmail("ann@example.com", { created_at: VERIFIED }).emailSince).toEqual(new Date(VERIFIED));
    expect(withEmail("ann@example.com", { created_at: undefined }).emailSince).toBeNull();
  });
});

describe("the name of a user", () => {
  const nameOf = (differences: Partial<ClerkUser>) => toSnapshot(user(differences), KNOWN).name;

  test.each([
    ["first and last name", {}, "Ann Lee"],
    ["only the first name", { last_name: null }, "Ann"],
    ["only the last name", { first_name: "" }, "Lee"],
    ["the username if there is no other name", { first_name: null, last_name: "  " }, "annie"],
    ["null if there is none at all", { first_name: null, last_name: null, username: null }, null],
    ["without spaces around its parts", { first_name: " Ann ", last_name: " van  der Lee " }, "Ann van  der Lee"],
    ["without U+0000", { first_name: "A\u0000nn", last_name: "\u0000" }, "Ann"],
  ])("is %s", (_, differences, name) => {
    expect(nameOf(differences)).toBe(name);
  });

  test("is cut after 256 characters, and no emoji is split", () => {
    expect(nameOf({ first_name: "😀".repeat(300), last_name: null })).toBe("😀".repeat(256));
    expect(nameOf({ first_name: null, last_name: null, username: "a".repeat(300) })).toBe("a".repeat(256));
    expect(nameOf({ first_name: "a".repeat(255), last_name: "Lee" })).toBe("a".repeat(255));
  });
});

test("the image is Clerk's, or none", () => {
  expect(toSnapshot(user(), KNOWN).image).toBe("https://img.example.com/ann");
  expect(toSnapshot(user({ image_url: "" }), KNOWN).image).toBeNull();
  expect(toSnapshot(user({ image_url: undefined }), KNOWN).image).toBeNull();
});

test("a snapshot is known to be true when the user changed, or when Clerk answered, if that is later", () => {
  const checkedAt = (at: number | null) =>
    toSnapshot(user(), { instanceId: "ins_test", at: at === null ? null : new Date(at) }).checkedAt.getTime();
  expect(checkedAt(null)).toBe(CHANGED);
  expect(checkedAt(CHANGED - 1)).toBe(CHANGED);
  expect(checkedAt(CHANGED + 1)).toBe(CHANGED + 1);
});

test("unknown fields, such as those of a later Clerk version, change nothing", () => {
  const more = { ...user(), public_metadata: { role: "admin" }, banned: true, a_new_field: { of: "Clerk's" } };
  expect(toSnapshot(clerkUserSchema.parse(more), KNOWN)).toEqual(toSnapshot(user(), KNOWN));
});

test("the user objects of Clerk's own SDK are accepted as they are", () => {
  expectTypeOf<UserJSON>().toExtend<ClerkUser>();
});

describe("any user of Clerk", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 400 }),
    fc.string({
      unit: fc.constantFrom("a", "K", "\u212A", "İ", "😀", " ", "\u0000", "\ud83d"),
      maxLength: 400,
      size: "max",
    }),
  );
  const maybe = fc.option(text);
  const moment = fc.integer({ min: 0, max: 8.64e15 });
  const anyone = fc.record({
    id: text,
    primary_email_address_id: fc.constantFrom("idn_0", "idn_1", null),
    email_addresses: fc.array(
      fc.record({
        id: fc.constantFrom("idn_0", "idn_1"),
        email_address: text,
        verification: fc.option(fc.record({ status: fc.option(fc.constantFrom("verified", "unverified")) })),
        created_at: fc.option(moment),
        updated_at: fc.option(moment),
      }),
      { maxLength: 3 },
    ),
    first_name: maybe,
    last_name: maybe,
    username: maybe,
    image_url: maybe,
    created_at: moment,
    updated_at: moment,
  });

  test("becomes a snapshot that PostgreSQL can store", () => {
    fc.assert(
      fc.property(anyone, (said) => {
        const snapshot = toSnapshot(clerkUserSchema.parse(said), KNOWN);
        for (const shown of [snapshot.email, snapshot.name, snapshot.image]) {
          if (shown === null) continue;
          expect(shown).not.toBe("");
          expect(shown).not.toContain("\u0000");
          expect(shown).toBe(shown.trim());
        }
        expect(snapshot.email?.length ?? 0).toBeLessThanOrEqual(320);
        expect(Array.from(snapshot.name ?? "").length).toBeLessThanOrEqual(256);
        expect(snapshot.checkedAt.getTime()).toBeGreaterThanOrEqual(snapshot.updatedAt.getTime());
        if (snapshot.email === null) expect(snapshot).toMatchObject({ emailVerifiedAt: null, emailSince: null });
      }),
    );
  });

  test("stays the same when normalised a second time", () => {
    fc.assert(
      fc.property(anyone, (said) => {
        const { email: address, name, image } = toSnapshot(said, KNOWN);
        const again = user({
          email_addresses: address === null ? [] : [email(address)],
          first_name: name,
          last_name: null,
          username: null,
          image_url: image,
        });
        expect(toSnapshot(again, KNOWN)).toMatchObject({ email: address, name, image });
      }),
    );
  });
});
