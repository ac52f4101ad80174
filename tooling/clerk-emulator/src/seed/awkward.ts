import { newEmailAddress, newPhoneNumber } from "../store/contact.ts";
import type { User } from "../store/user.ts";

/** Creates the ids for one seeded user. `at` (ms) is when the user was created. */
export type AwkwardUser = (at: number, id: (part: string) => string) => Partial<User>;

/** The users that programs forget about. Every seed that is large enough begins with them, after the admin and the member. */
export const AWKWARD_USERS: readonly AwkwardUser[] = [
  // No email: a username only.
  () => ({ username: "no_email_at_all", first_name: "Una", last_name: "Named" }),
  // No email: a phone number only, and no name either.
  (at, id) => ({ phone_numbers: [newPhoneNumber("+15555550100", "verified", at, id("phone"))] }),
  // Two emails, the primary one second in the list.
  (at, id) => ({
    first_name: "Petra",
    last_name: "Primary",
    email_addresses: [
      newEmailAddress("petra.old@example.com", "verified", at, id("email")),
      newEmailAddress("petra.primary@example.com", "verified", at + 1000, id("second email")),
    ],
    primary_email_address_id: id("second email"),
  }),
  // An email that was never verified.
  (at, id) => ({
    first_name: "Ulf",
    last_name: "Unproven",
    email_addresses: [newEmailAddress("ulf.unproven@example.com", "unverified", at, id("email"))],
  }),
  // Another one, and no primary email.
  (at, id) => ({
    first_name: "Nora",
    last_name: "Undecided",
    email_addresses: [newEmailAddress("nora.undecided@example.com", "unverified", at, id("email"))],
    primary_email_address_id: null,
  }),
  // A reserved email: unverified, but no one else can claim it.
  (at, id) => ({
    first_name: "Rhea",
    last_name: "Reserved",
    email_addresses: [newEmailAddress("rhea.reserved@example.com", "reserved", at, id("email"))],
  }),
  // A name longer than any column.
  (at, id) => ({
    first_name: "Wolfeschlegelsteinhausen".repeat(8),
    last_name: "bergerdorff".repeat(16),
    email_addresses: [newEmailAddress("longest.name@example.com", "verified", at, id("email"))],
  }),
  // Names in other scripts, one of them written from right to left.
  (at, id) => ({
    first_name: "太郎",
    last_name: "山田",
    email_addresses: [newEmailAddress("taro.yamada@example.com", "verified", at, id("email"))],
  }),
  (at, id) => ({
    first_name: "ليلى",
    last_name: "الحداد",
    email_addresses: [newEmailAddress("layla.haddad@example.com", "verified", at, id("email"))],
  }),
  // Emoji of several code points, and a letter with a combining mark.
  (at, id) => ({
    first_name: "👩‍🚀 Zoe\u0308",
    last_name: "🏳️‍🌈",
    email_addresses: [newEmailAddress("zoe.emoji@example.com", "verified", at, id("email"))],
  }),
  // An address and a name with characters that SQL and HTML care about.
  (at, id) => ({
    first_name: "Robert'); DROP TABLE",
    last_name: "<b>O'Neil</b> & \\Sons",
    email_addresses: [newEmailAddress("o'neil+tag@example.com", "verified", at, id("email"))],
  }),
  // Banned.
  (at, id) => ({
    first_name: "Bo",
    last_name: "Banned",
    banned: true,
    email_addresses: [newEmailAddress("bo.banned@example.com", "verified", at, id("email"))],
  }),
];
