import type { EmailAddressJSON, PhoneNumberJSON, UserJSON, VerificationJSON } from "@clerk/backend";
import { z } from "zod";
import { avatar } from "./avatar.ts";

const milliseconds = z.int().nonnegative();
const metadata = z.record(z.string(), z.unknown());
/** Kinds of things that no emulated user has. */
const none = z.array(z.never());

const verificationSchema = z.strictObject({
  object: z.enum(["verification_otp", "verification_admin"]),
  status: z.enum(["verified", "unverified", "failed", "expired"]),
  strategy: z.enum(["email_code", "phone_code", "admin"]),
  attempts: z.int().nullable(),
  expire_at: milliseconds.nullable(),
});

export const emailAddressSchema = z.strictObject({
  id: z.string().min(1),
  object: z.literal("email_address"),
  email_address: z.string(),
  reserved: z.boolean(),
  verification: verificationSchema.nullable(),
  linked_to: none,
  matches_sso_connection: z.boolean(),
  created_at: milliseconds,
  updated_at: milliseconds,
});

export const phoneNumberSchema = z.strictObject({
  id: z.string().min(1),
  object: z.literal("phone_number"),
  phone_number: z.string(),
  reserved_for_second_factor: z.boolean(),
  default_second_factor: z.boolean(),
  reserved: z.boolean(),
  verification: verificationSchema.nullable(),
  linked_to: none,
  backup_codes: none,
  created_at: milliseconds,
  updated_at: milliseconds,
});

/** A user as the Backend API of version 2026-05-12 and the webhooks return it, all times in ms. */
export const userSchema = z.strictObject({
  id: z.string().regex(/^user_[A-Za-z0-9]+$/),
  object: z.literal("user"),
  external_id: z.string().nullable(),
  primary_email_address_id: z.string().nullable(),
  primary_phone_number_id: z.string().nullable(),
  primary_web3_wallet_id: z.null(),
  username: z.string().nullable(),
  first_name: z.string().nullable(),
  last_name: z.string().nullable(),
  locale: z.string().nullable(),
  image_url: z.string(),
  has_image: z.boolean(),
  public_metadata: metadata,
  private_metadata: metadata,
  unsafe_metadata: metadata,
  email_addresses: z.array(emailAddressSchema),
  phone_numbers: z.array(phoneNumberSchema),
  web3_wallets: none,
  passkeys: none,
  password_enabled: z.boolean(),
  two_factor_enabled: z.boolean(),
  totp_enabled: z.boolean(),
  backup_code_enabled: z.boolean(),
  mfa_enabled_at: milliseconds.nullable(),
  mfa_disabled_at: milliseconds.nullable(),
  password_last_updated_at: milliseconds.nullable(),
  external_accounts: none,
  saml_accounts: none,
  enterprise_accounts: none,
  organization_memberships: none,
  last_sign_in_at: milliseconds.nullable(),
  banned: z.boolean(),
  locked: z.boolean(),
  deprovisioned: z.boolean(),
  lockout_expires_in_seconds: z.int().nullable(),
  verification_attempts_remaining: z.int().nullable(),
  updated_at: milliseconds,
  created_at: milliseconds,
  delete_self_enabled: z.boolean(),
  create_organization_enabled: z.boolean(),
  create_organizations_limit: z.int().nullable(),
  last_active_at: milliseconds.nullable(),
  legal_accepted_at: milliseconds.nullable(),
  bypass_client_trust: z.boolean(),
}) satisfies z.ZodType<SdkUser>;

/**
 * What the SDK's types require of a user, minus what Clerk's description of the Backend API excludes: `timezone`, and a
 * verification's `id` and `object`.
 */
type SdkUser = Omit<UserJSON, "timezone" | "email_addresses" | "phone_numbers"> & {
  email_addresses: (Omit<EmailAddressJSON, "verification"> & SdkVerified)[];
  phone_numbers: (Omit<PhoneNumberJSON, "verification"> & SdkVerified)[];
};
type SdkVerified = { verification: Omit<VerificationJSON, "id" | "object"> | null };

export type User = Readonly<z.infer<typeof userSchema>>;
export type EmailAddress = User["email_addresses"][number];
export type PhoneNumber = User["phone_numbers"][number];

/** Fields of a user to set; an absent or undefined one stays unchanged. */
export type UserChanges = { [Field in keyof Omit<User, "id" | "object">]?: User[Field] | undefined };

/** A user with Clerk's defaults for all other fields. `updated_at` defaults to `created_at`. */
export function newUser(given: Pick<User, "id" | "created_at"> & Partial<User>): User {
  return {
    object: "user",
    external_id: null,
    primary_email_address_id: given.email_addresses?.[0]?.id ?? null,
    primary_phone_number_id: given.phone_numbers?.[0]?.id ?? null,
    primary_web3_wallet_id: null,
    username: null,
    first_name: null,
    last_name: null,
    locale: null,
    image_url: avatar(given.id),
    has_image: false,
    public_metadata: {},
    private_metadata: {},
    unsafe_metadata: {},
    email_addresses: [],
    phone_numbers: [],
    web3_wallets: [],
    passkeys: [],
    password_enabled: false,
    two_factor_enabled: false,
    totp_enabled: false,
    backup_code_enabled: false,
    mfa_enabled_at: null,
    mfa_disabled_at: null,
    password_last_updated_at: null,
    external_accounts: [],
    saml_accounts: [],
    enterprise_accounts: [],
    organization_memberships: [],
    last_sign_in_at: null,
    banned: false,
    locked: false,
    deprovisioned: false,
    lockout_expires_in_seconds: null,
    verification_attempts_remaining: 100,
    updated_at: given.created_at,
    delete_self_enabled: true,
    create_organization_enabled: true,
    create_organizations_limit: null,
    last_active_at: null,
    legal_accepted_at: null,
    bypass_client_trust: false,
    ...given,
  };
}

/** The user with the changes applied. */
export function withChanges(user: User, changes: UserChanges): User {
  const set = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  return userSchema.parse({ ...user, ...set });
}

export function primaryEmailAddress(user: User): EmailAddress | undefined {
  return user.email_addresses.find((email) => email.id === user.primary_email_address_id);
}
