import { z } from "zod/v4";

const milliseconds = z.number().int();

/**
 * The fields that are read from Clerk's user object. It has one shape in webhooks, lists and single reads; fields
 * not named here are ignored, so that Clerk may add some.
 */
export const clerkUserSchema = z.object({
  id: z.string(),
  primary_email_address_id: z.string().nullish(),
  email_addresses: z.array(
    z.object({
      id: z.string(),
      email_address: z.string(),
      verification: z.object({ status: z.string().nullish() }).nullish(),
      created_at: milliseconds.nullish(),
      updated_at: milliseconds.nullish(),
    }),
  ),
  first_name: z.string().nullish(),
  last_name: z.string().nullish(),
  username: z.string().nullish(),
  image_url: z.string().nullish(),
  created_at: milliseconds,
  updated_at: milliseconds,
});

/** The part of Clerk's user object that is read. `UserJSON` of @clerk/backend is assignable to it. */
export type ClerkUser = z.input<typeof clerkUserSchema>;

const CLERK_ID = /^user_[A-Za-z0-9]+$/;

/** Only ids of this form are Clerk's; rows of `User` with any other id belong to the application. */
export const isClerkId = (id: string): boolean => CLERK_ID.test(id);
