import { z } from "zod";
import { ApiError, invalidParameter } from "../api-error.ts";
import { isClaimed, newEmailAddress, newPhoneNumber } from "../store/contact.ts";
import type { Directory, IdentifierKind } from "../store/directory.ts";
import { newId } from "../store/id.ts";
import type { NewUser } from "../store/store.ts";
import { newUser, type User, type UserChanges, withChanges } from "../store/user.ts";

export const SHORTEST_PASSWORD = 8;
export const LONGEST_PASSWORD = 72;

const metadata = z.record(z.string(), z.unknown());
const moment = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const statuses = z.array(z.enum(["verified", "reserved"])).optional();

/** The fields that creating and updating a user share. `null` means "not given" if a field can't be null. */
const common = {
  external_id: z.string().nullish(),
  first_name: z.string().nullish(),
  last_name: z.string().nullish(),
  locale: z.string().nullish(),
  username: z.string().nullish(),
  password: z.string().nullish(),
  skip_password_checks: z.boolean().nullish(),
  delete_self_enabled: z.boolean().nullish(),
  create_organization_enabled: z.boolean().nullish(),
  create_organizations_limit: z.int().nullish(),
  legal_accepted_at: moment.nullish(),
  skip_legal_checks: z.boolean().nullish(),
  bypass_client_trust: z.boolean().nullish(),
  created_at: moment.nullish(),
};

export const createUserSchema = z.strictObject({
  ...common,
  email_address: z.array(z.email()).default([]),
  email_address_identification_status: statuses,
  phone_number: z.array(z.e164()).default([]),
  phone_number_identification_status: statuses,
  skip_password_requirement: z.boolean().nullish(),
  skip_user_requirement: z.boolean().nullish(),
  public_metadata: metadata.default({}),
  private_metadata: metadata.default({}),
  unsafe_metadata: metadata.default({}),
  banned: z.boolean().nullish(),
  locked: z.boolean().nullish(),
});

/** Metadata has its own routes since API version 2026-05-12, and is unknown here. */
export const updateUserSchema = z.strictObject({
  ...common,
  primary_email_address_id: z.string().nullish(),
  notify_primary_email_address_changed: z.boolean().nullish(),
  primary_phone_number_id: z.string().nullish(),
  sign_out_of_other_sessions: z.boolean().nullish(),
});

type Common = Pick<z.output<typeof createUserSchema>, keyof typeof common>;

/** @throws ApiError 422 if an identifier is missing or taken, or the password is too short or too long. */
export function userToCreate(directory: Directory, body: z.output<typeof createUserSchema>, now: number): NewUser {
  const identified = body.email_address.length + body.phone_number.length > 0 || Boolean(body.username);
  if (!identified && !body.skip_user_requirement) {
    throw new ApiError(422, [
      {
        code: "form_data_missing",
        message: "missing data",
        longMessage: "Give at least one of email_address, phone_number and username.",
      },
    ]);
  }
  const emails = contacts(directory, "email_address", body.email_address, body.email_address_identification_status);
  const phones = contacts(directory, "phone_number", body.phone_number, body.phone_number_identification_status);
  checkCommon(directory, body);
  const user = newUser({
    id: newId("user"),
    created_at: body.created_at ?? now,
    updated_at: now,
    email_addresses: emails.map(({ value, proof }) => newEmailAddress(value, proof, now)),
    phone_numbers: phones.map(({ value, proof }) => newPhoneNumber(value, proof, now)),
    public_metadata: body.public_metadata,
    private_metadata: body.private_metadata,
    unsafe_metadata: body.unsafe_metadata,
    banned: body.banned ?? false,
    locked: body.locked ?? false,
  });
  return { user: withChanges(user, commonChanges(body, now)), password: body.password ?? undefined };
}

/** @throws ApiError 422 as for creating, and for a primary address that is not the user's or not verified. */
export function changesToUser(
  directory: Directory,
  user: User,
  body: z.output<typeof updateUserSchema>,
  now: number,
): UserChanges {
  checkCommon(directory, body, user);
  const email = user.email_addresses.find(({ id }) => id === body.primary_email_address_id);
  if (body.primary_email_address_id && email?.verification?.status !== "verified") {
    throw invalidParameter("primary_email_address_id", "It must be a verified email address of this user.");
  }
  const phone = user.phone_numbers.find(({ id }) => id === body.primary_phone_number_id);
  if (body.primary_phone_number_id && phone?.verification?.status !== "verified") {
    throw invalidParameter("primary_phone_number_id", "It must be a verified phone number of this user.");
  }
  return {
    ...commonChanges(body, now),
    primary_email_address_id: body.primary_email_address_id ?? undefined,
    primary_phone_number_id: body.primary_phone_number_id ?? undefined,
  };
}

function commonChanges(body: Common, now: number): UserChanges {
  return {
    external_id: body.external_id,
    first_name: body.first_name,
    last_name: body.last_name,
    locale: body.locale,
    username: body.username === "" ? null : body.username,
    delete_self_enabled: body.delete_self_enabled ?? undefined,
    create_organization_enabled: body.create_organization_enabled ?? undefined,
    create_organizations_limit: body.create_organizations_limit,
    legal_accepted_at: body.legal_accepted_at ?? undefined,
    bypass_client_trust: body.bypass_client_trust ?? undefined,
    created_at: body.created_at ?? undefined,
    ...(body.password ? { password_enabled: true, password_last_updated_at: now } : {}),
  };
}

function checkCommon(directory: Directory, body: Common, self?: User): void {
  if (body.username) refuseTaken(directory, "username", body.username, self);
  if (body.external_id) refuseTaken(directory, "external_id", body.external_id, self);
  if (body.password && !body.skip_password_checks) checkPassword(body.password, "password");
}

/** @throws ApiError 422 if it is too short or too long. */
export function checkPassword(password: string, parameter: string): void {
  if (password.length < SHORTEST_PASSWORD) {
    const message = `Passwords must be ${SHORTEST_PASSWORD} characters or more.`;
    throw invalidParameter(parameter, message, "form_password_length_too_short");
  }
  if (password.length > LONGEST_PASSWORD) {
    const message = `Passwords must be less than ${LONGEST_PASSWORD} characters.`;
    throw invalidParameter(parameter, message, "form_password_length_too_long");
  }
}

/** New addresses and their verification: the Backend API vouches for them unless it reserves them. */
function contacts(
  directory: Directory,
  kind: "email_address" | "phone_number",
  values: readonly string[],
  asked: readonly ("verified" | "reserved")[] = [],
) {
  if (asked.length > 0 && asked.length !== values.length) {
    throw invalidParameter(`${kind}_identification_status`, `Give one for each ${kind}.`);
  }
  return values.map((given, index) => {
    const value = given.toLowerCase();
    refuseTaken(directory, kind, value);
    if (values.slice(0, index).some((other) => other.toLowerCase() === value)) throw taken(kind);
    return { value, proof: asked[index] === "reserved" ? ("reserved" as const) : ("admin" as const) };
  });
}

/** @throws ApiError 422 form_identifier_exists if another user has verified it. */
export function refuseTaken(directory: Directory, kind: IdentifierKind, value: string, self?: User): void {
  const others = directory.holders(kind, value).filter((user) => user.id !== self?.id);
  if (others.some((user) => hasForHimself(user, kind, value))) throw taken(kind);
}

function hasForHimself(user: User, kind: IdentifierKind, value: string): boolean {
  const same = (own: string) => own.toLowerCase() === value.toLowerCase();
  if (kind === "email_address")
    return user.email_addresses.some((email) => same(email.email_address) && isClaimed(email));
  if (kind === "phone_number") return user.phone_numbers.some((phone) => same(phone.phone_number) && isClaimed(phone));
  return true;
}

function taken(kind: IdentifierKind): ApiError {
  const what = kind.replace("_", " ");
  const message = `That ${what} is taken. Please try another.`;
  return new ApiError(422, [{ code: "form_identifier_exists", message, longMessage: message, parameter: kind }]);
}
