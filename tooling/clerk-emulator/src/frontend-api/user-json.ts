import type {
  EmailAddressJSON,
  PhoneNumberJSON,
  PublicUserDataJSON,
  UserJSON,
  VerificationJSON,
} from "@clerk/shared/types";
import { type EmailAddress, type PhoneNumber, primaryEmailAddress, type User } from "../store/user.ts";

/** A verification as Clerk sends it. In the SDK's type, the error is required and there is an id; neither is true. */
export type WireVerification = Pick<VerificationJSON, "object" | "status" | "strategy"> & {
  attempts: number | null;
  expire_at: number | null;
  error: null;
};

type Wire<Contact extends { verification: unknown }> = Omit<Contact, "verification"> & {
  verification: WireVerification | null;
};

export type WireUser = Omit<UserJSON, "email_addresses" | "phone_numbers"> & {
  email_addresses: Wire<EmailAddressJSON>[];
  phone_numbers: Wire<PhoneNumberJSON>[];
};

/** A user as their own browser may see them: nothing private, nothing about bans and locks. */
export function userJson(user: User): WireUser {
  return {
    object: "user",
    id: user.id,
    external_id: user.external_id,
    username: user.username,
    first_name: user.first_name,
    last_name: user.last_name,
    image_url: user.image_url,
    has_image: user.has_image,
    profile_image_id: "",
    primary_email_address_id: user.primary_email_address_id,
    primary_phone_number_id: user.primary_phone_number_id,
    primary_web3_wallet_id: null,
    email_addresses: user.email_addresses.map(emailAddressJson),
    phone_numbers: user.phone_numbers.map(phoneNumberJson),
    web3_wallets: [],
    external_accounts: [],
    enterprise_accounts: [],
    passkeys: [],
    organization_memberships: [],
    password_enabled: user.password_enabled,
    totp_enabled: user.totp_enabled,
    backup_code_enabled: user.backup_code_enabled,
    two_factor_enabled: user.two_factor_enabled,
    public_metadata: user.public_metadata,
    unsafe_metadata: user.unsafe_metadata,
    create_organization_enabled: user.create_organization_enabled,
    create_organizations_limit: user.create_organizations_limit,
    delete_self_enabled: user.delete_self_enabled,
    legal_accepted_at: user.legal_accepted_at,
    timezone: null,
    last_sign_in_at: user.last_sign_in_at,
    created_at: user.created_at,
    updated_at: user.updated_at,
  };
}

export function emailAddressJson(email: EmailAddress): Wire<EmailAddressJSON> {
  const { id, object, email_address, linked_to, matches_sso_connection } = email;
  return { id, object, email_address, linked_to, matches_sso_connection, verification: verificationJson(email) };
}

function phoneNumberJson(phone: PhoneNumber): Wire<PhoneNumberJSON> {
  const { id, object, phone_number, reserved_for_second_factor, default_second_factor, linked_to } = phone;
  return {
    id,
    object,
    phone_number,
    reserved_for_second_factor,
    default_second_factor,
    linked_to,
    verification: verificationJson(phone),
  };
}

function verificationJson({ verification }: EmailAddress | PhoneNumber): WireVerification | null {
  return verification && { ...verification, error: null };
}

/** What others may see about a user. */
export function publicUserData(user: User): PublicUserDataJSON {
  return {
    first_name: user.first_name,
    last_name: user.last_name,
    image_url: user.image_url,
    has_image: user.has_image,
    identifier: primaryEmailAddress(user)?.email_address ?? user.username ?? user.phone_numbers[0]?.phone_number ?? "",
    user_id: user.id,
  };
}
