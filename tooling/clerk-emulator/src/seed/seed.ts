import { newEmailAddress } from "../store/contact.ts";
import type { Directory } from "../store/directory.ts";
import { derivedId, newId } from "../store/id.ts";
import type { NewUser } from "../store/store.ts";
import { newUser, type User } from "../store/user.ts";
import { AWKWARD_USERS } from "./awkward.ts";
import { person } from "./names.ts";

/** The password of every seeded user. */
export const SEED_PASSWORD = "roll-call-please-42";
export const ADMIN_EMAIL = "admin@example.com";
export const MEMBER_EMAIL = "member@example.com";

/** The admin and the member always exist. */
export const FEWEST_USERS = 2;

const BEGIN = Date.UTC(2023, 0, 9, 9);
const SPAN_MS = 700 * 24 * 60 * 60 * 1000;

/**
 * The first users of an instance, the same each time for the same instance and count: an admin, a member, the awkward ones, then
 * plain people. They were created over two past years, every hundredth in the same millisecond as the previous one.
 */
export function seedUsers(instanceId: string, count: number): NewUser[] {
  return Array.from({ length: count }, (_, ordinal) => {
    const place = ordinal > 0 && ordinal % 100 === 0 ? ordinal - 1 : ordinal;
    const createdAt = BEGIN + Math.floor((place / count) * SPAN_MS);
    const updatedAt = createdAt + Math.floor(scatter(ordinal) * (BEGIN + SPAN_MS - createdAt));
    const id = (part: string) => derivedId("idn", instanceId, "seed", ordinal, part);
    return {
      user: newUser({
        ...seedIdentity(ordinal, createdAt, id),
        id: derivedId("user", instanceId, "seed", ordinal),
        created_at: createdAt,
        updated_at: updatedAt,
        password_enabled: true,
        password_last_updated_at: createdAt,
        last_sign_in_at: ordinal % 5 === 4 ? null : updatedAt,
        last_active_at: ordinal % 5 === 4 ? null : updatedAt,
      }),
      password: SEED_PASSWORD,
    };
  });
}

function seedIdentity(ordinal: number, at: number, id: (part: string) => string): Partial<User> {
  const email = (address: string) => [newEmailAddress(address, "verified", at, id("email"))];
  if (ordinal === 0) {
    return {
      first_name: "Avery",
      last_name: "Admin",
      public_metadata: { role: "admin" },
      email_addresses: email(ADMIN_EMAIL),
    };
  }
  if (ordinal === 1) return { first_name: "Morgan", last_name: "Member", email_addresses: email(MEMBER_EMAIL) };
  const awkward = AWKWARD_USERS[ordinal - FEWEST_USERS];
  if (awkward) return awkward(at, id);
  const { firstName, lastName, emailAddress } = person(ordinal);
  return { first_name: firstName, last_name: lastName, email_addresses: email(emailAddress) };
}

/** More people, created one per millisecond up to `now`; taken addresses are skipped. */
export function newcomers(directory: Directory, count: number, now: number): NewUser[] {
  let ordinal = directory.size;
  return Array.from({ length: count }, (_, index) => {
    while (directory.holders("email_address", person(ordinal).emailAddress).length > 0) ordinal += 1;
    const { firstName, lastName, emailAddress } = person(ordinal);
    ordinal += 1;
    const createdAt = now - (count - 1 - index);
    return {
      user: newUser({
        id: newId("user"),
        created_at: createdAt,
        password_enabled: true,
        password_last_updated_at: createdAt,
        first_name: firstName,
        last_name: lastName,
        email_addresses: [newEmailAddress(emailAddress, "verified", createdAt)],
      }),
      password: SEED_PASSWORD,
    };
  });
}

/** A number in [0, 1) that looks random and is the same each time. */
function scatter(ordinal: number): number {
  return (Math.imul(ordinal + 1, 0x9e3779b1) >>> 0) / 2 ** 32;
}
