import { z } from "zod/v4";
import { type ExtraField, extraFields, isPublicKey, type PlainField, publicKeyOf } from "../database/extra-fields.ts";
import type { UserColumns } from "../database/tables.ts";
import { clerkUserSchema } from "./clerk-user.ts";
import { type Known, type Snapshot, toSnapshot, withoutNul } from "./snapshot.ts";

/** Reads a user object of Clerk's, of which nothing is known yet. */
export type ReadUser = (
  user: unknown,
  known: Known,
) => { success: true; snapshot: Snapshot } | { success: false; error: z.ZodError };

const text = z
  .string()
  .nullish()
  .transform((value) => withoutNul(value ?? "") || null);
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);
const metadata = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((value) => value ?? {});

const primaryPhone = z
  .object({
    primary_phone_number_id: z.string().nullish(),
    phone_numbers: z
      .array(
        z.object({
          id: z.string(),
          phone_number: z.string(),
          verification: z.object({ status: z.string().nullish() }).nullish(),
        }),
      )
      .nullish(),
  })
  .transform(({ primary_phone_number_id, phone_numbers }) =>
    phone_numbers?.find(({ id }) => id === primary_phone_number_id),
  );
const publicMetadata = z.object({ public_metadata: metadata }).transform((user) => user.public_metadata);

// `private_metadata` is for the application's servers, not for its tables. `last_active_at` would end "an unchanged run writes nothing".
const schemas: Record<PlainField | "unsafeMetadata", z.ZodType> = {
  firstName: z.object({ first_name: text }).transform((user) => user.first_name),
  lastName: z.object({ last_name: text }).transform((user) => user.last_name),
  username: z.object({ username: text }).transform((user) => user.username),
  phone: primaryPhone.transform((phone) => withoutNul(phone?.phone_number ?? "") || null),
  phoneVerified: primaryPhone.transform((phone) => phone?.verification?.status === "verified"),
  externalId: z.object({ external_id: text }).transform((user) => user.external_id),
  banned: z.object({ banned: flag }).transform((user) => user.banned),
  clerkCreatedAt: z.object({ created_at: z.number().int() }).transform((user) => user.created_at),
  publicMetadata,
  unsafeMetadata: z.object({ unsafe_metadata: metadata }).transform((user) => user.unsafe_metadata),
};

const keyOf = (key: string) => publicMetadata.transform((all) => (Object.hasOwn(all, key) ? (all[key] ?? null) : null));

const schemaOf = (field: ExtraField["field"]): z.ZodType =>
  isPublicKey(field) ? keyOf(publicKeyOf(field)) : schemas[field];

/**
 * Makes the reader for an application's columns. A field that no column is named for is not read, so it cannot make a user
 * unusable either.
 */
export function userReader(columns: UserColumns): ReadUser {
  const fields = extraFields(columns).map(({ field }) => ({ field, schema: schemaOf(field) }));
  return (user, known) => {
    const read = clerkUserSchema.safeParse(user);
    if (!read.success) return read;
    const snapshot = toSnapshot(read.data, known);
    if (fields.length === 0) return { success: true, snapshot };
    const extra: Record<string, unknown> = {};
    for (const { field, schema } of fields) {
      const value = schema.safeParse(user);
      if (!value.success) return value;
      extra[field] = value.data;
    }
    return { success: true, snapshot: { ...snapshot, extra } };
  };
}
