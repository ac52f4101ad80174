import { newId } from "./id.ts";
import type { EmailAddress, PhoneNumber } from "./user.ts";

/**
 * An address's verification: `verified` by a code; `admin` if the Backend API vouched for it; `reserved` if it is unverified but
 * no one else can claim it; `unverified` if anyone else may claim it, too.
 */
export type Proof = "verified" | "admin" | "reserved" | "unverified";

function verification(proof: Proof, strategy: "email_code" | "phone_code") {
  if (proof === "reserved") return null;
  if (proof === "admin") {
    return {
      object: "verification_admin",
      status: "verified",
      strategy: "admin",
      attempts: null,
      expire_at: null,
    } as const;
  }
  return {
    object: "verification_otp",
    status: proof,
    strategy,
    attempts: proof === "verified" ? 1 : 0,
    expire_at: null,
  } as const;
}

/** An email address as Clerk lists it. `at` (ms) is when it was added. */
export function newEmailAddress(address: string, proof: Proof, at: number, id = newId("idn")): EmailAddress {
  return {
    id,
    object: "email_address",
    email_address: address,
    reserved: proof === "reserved",
    verification: verification(proof, "email_code"),
    linked_to: [],
    matches_sso_connection: false,
    created_at: at,
    updated_at: at,
  };
}

/** A phone number as Clerk lists it. `at` (ms) is when it was added. */
export function newPhoneNumber(number: string, proof: Proof, at: number, id = newId("idn")): PhoneNumber {
  return {
    id,
    object: "phone_number",
    phone_number: number,
    reserved_for_second_factor: false,
    default_second_factor: false,
    reserved: proof === "reserved",
    verification: verification(proof, "phone_code"),
    linked_to: [],
    backup_codes: [],
    created_at: at,
    updated_at: at,
  };
}

/** Whether no one else may claim this address: a verified or reserved one (Clerk lets several users have an unverified one). */
export function isClaimed(contact: EmailAddress | PhoneNumber): boolean {
  return contact.reserved || contact.verification?.status === "verified";
}
