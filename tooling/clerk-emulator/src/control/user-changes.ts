import { z } from "zod";
import { newEmailAddress, newPhoneNumber } from "../store/contact.ts";
import { emailAddressSchema, phoneNumberSchema, type User, type UserChanges, userSchema } from "../store/user.ts";

/** Only an email's address (or a phone's number) is required: the rest stays, or is that of a verified one. */
const emailAddress = emailAddressSchema.partial().required({ email_address: true });
const phoneNumber = phoneNumberSchema.partial().required({ phone_number: true });

/** Any field of a user except its identity. */
export const userChangesSchema = userSchema
  .omit({ id: true, object: true })
  .extend({ email_addresses: z.array(emailAddress), phone_numbers: z.array(phoneNumber) })
  .partial();

/**
 * What a control call changes. Nothing is checked against other users: several may claim one address. If the primary email
 * (phone) is no longer in the list and no other is named, the first one replaces it.
 */
export function changesByControl(user: User, body: z.output<typeof userChangesSchema>): UserChanges {
  const now = Date.now();
  const emails = body.email_addresses?.map((given) => {
    const known = user.email_addresses.find(
      (own) => own.id === given.id || (given.id === undefined && own.email_address === given.email_address),
    );
    return emailAddressSchema.parse({ ...(known ?? newEmailAddress(given.email_address, "verified", now)), ...given });
  });
  const phones = body.phone_numbers?.map((given) => {
    const known = user.phone_numbers.find(
      (own) => own.id === given.id || (given.id === undefined && own.phone_number === given.phone_number),
    );
    return phoneNumberSchema.parse({ ...(known ?? newPhoneNumber(given.phone_number, "verified", now)), ...given });
  });
  return {
    primary_email_address_id: primaryAmong(emails, user.primary_email_address_id),
    primary_phone_number_id: primaryAmong(phones, user.primary_phone_number_id),
    ...body,
    email_addresses: emails,
    phone_numbers: phones,
  };
}

function primaryAmong(contacts: { id: string }[] | undefined, current: string | null): string | null | undefined {
  if (!contacts) return undefined;
  return contacts.some(({ id }) => id === current) ? current : (contacts[0]?.id ?? null);
}
