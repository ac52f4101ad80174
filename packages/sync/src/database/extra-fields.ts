import type { UserColumns } from "./tables.ts";

/** A field of Clerk's, besides the address, the name and the picture, that the application names a column for. */
export interface ExtraField {
  /** Its name in `tables.user.columns` and in `ClerkUser.extra`. */
  field: PlainField | "unsafeMetadata" | PublicKey;
  column: string;
  holds: ExtraKind;
}

/** What a field holds: `object` is whole metadata, `value` one key of it. */
export type ExtraKind = "text" | "flag" | "time" | "object" | "value";

const PLAIN = [
  ["firstName", "text"],
  ["lastName", "text"],
  ["username", "text"],
  ["phone", "text"],
  ["phoneVerified", "flag"],
  ["externalId", "text"],
  ["banned", "flag"],
  ["clerkCreatedAt", "time"],
  ["publicMetadata", "object"],
] as const;

/** The fields with one name and one column. */
export type PlainField = (typeof PLAIN)[number][0];

const PUBLIC_KEY = "publicMetadata.";
type PublicKey = `${typeof PUBLIC_KEY}${string}`;

export const isPublicKey = (field: string): field is PublicKey => field.startsWith(PUBLIC_KEY);

/** The key of the public metadata that a field stands for. */
export const publicKeyOf = (field: PublicKey): string => field.slice(PUBLIC_KEY.length);

/** The fields that columns are named for. If there are none, `ClerkUser.extra` is null. */
export function extraFields(columns: UserColumns): ExtraField[] {
  return [
    ...PLAIN.flatMap(([field, holds]) => named(field, columns[field], holds)),
    ...Object.keys(columns)
      .filter(isPublicKey)
      .flatMap((field) => named(field, columns[field], "value")),
    ...named("unsafeMetadata", columns.unsafeMetadata?.column, "object"),
  ];
}

const named = (field: ExtraField["field"], column: string | undefined, holds: ExtraKind): ExtraField[] =>
  column === undefined ? [] : [{ field, column, holds }];
