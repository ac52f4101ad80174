import type { Column, Table } from "./table.ts";

/** Which of the host's tables and columns Rollcall writes, and what has to change in them first. */
export interface Mapping {
  user: {
    table: string;
    key: string;
    id: string | null;
    /** The generator of the ORM's that new ids come from; null if the database makes them, or if they are Clerk's. */
    newId: string | null;
    columns: { email: string; emailVerified?: string; name?: string; image?: string };
    updatedAt: string | null;
  };
  customer: { table: string; userKey: string; name: string | null } | null;
  /** Columns that look like more of Clerk's fields, by the field. They are written only if the host names them. */
  offers: Record<string, string>;
  changes: Change[];
}

/** What a table needs before rows can be written. */
export interface Change {
  why: string;
  sql: string;
}

const NAMES = {
  key: ["clerkId", "clerkUserId", "clerk_id", "clerk_user_id"],
  email: ["email", "emailAddress", "email_address", "primaryEmail"],
  emailVerified: ["emailVerified", "emailVerifiedAt", "email_verified", "email_verified_at"],
  name: ["name", "fullName", "displayName", "full_name", "display_name"],
  image: ["image", "imageUrl", "avatarUrl", "avatar", "picture", "image_url", "avatar_url", "profileImageUrl"],
  updatedAt: ["updatedAt", "updated_at"],
};

/** More of Clerk's fields, under names that leave no doubt. */
const OFFERED: [field: string, type: Column["type"], names: string[]][] = [
  ["firstName", "text", ["firstName", "first_name"]],
  ["lastName", "text", ["lastName", "last_name"]],
  ["username", "text", ["username", "userName", "user_name"]],
  ["phone", "text", ["phone", "phoneNumber", "phone_number"]],
  ["phoneVerified", "other", ["phoneVerified", "phone_verified"]],
  ["banned", "other", ["banned", "isBanned", "is_banned"]],
  ["clerkCreatedAt", "time", ["clerkCreatedAt", "clerk_created_at"]],
  ["publicMetadata", "other", ["publicMetadata", "public_metadata"]],
];

/** Maps the host's User table, and its Customer table if it has one; null if it has no table of users. */
export function mapTables(tables: Table[]): Mapping | null {
  const user = tables.find(({ label, columns }) => /^users?$/i.test(label) && pick(columns, NAMES.email));
  const email = user && pick(user.columns, NAMES.email);
  if (!user || !email) return null;

  const id = user.columns.find(({ primary }) => primary);
  const given = pick(user.columns, NAMES.key);
  // If nothing fills a text id, the application's code sets it: to Clerk's id.
  const idIsClerks = !given && id?.type === "text" && id.filledBy === null;
  const key = given?.name ?? (idIsClerks ? id.name : "clerkId");
  const columns = {
    email: email.name,
    ...named("emailVerified", pick(user.columns, NAMES.emailVerified, "time")),
    ...named("name", pick(user.columns, NAMES.name, "text")),
    ...named("image", pick(user.columns, NAMES.image, "text")),
  };
  const updatedAt = pick(user.columns, NAMES.updatedAt, "time")?.name ?? null;
  const newId = !idIsClerks && id && typeof id.filledBy === "object" ? (id.filledBy?.orm ?? null) : null;
  const written = new Set([key, ...Object.values(columns), updatedAt, ...(newId ? [id?.name] : [])]);

  const customer = mapCustomer(tables, user);
  return {
    user: { table: user.name, key, id: idIsClerks ? null : (id?.name ?? null), newId, columns, updatedAt },
    customer: customer?.mapping ?? null,
    offers: Object.fromEntries(
      OFFERED.flatMap(([field, type, names]) => {
        const column = pick(user.columns, names, type);
        return column && !written.has(column.name) ? [[field, column.name]] : [];
      }),
    ),
    changes: [
      ...keyChanges(user, given, idIsClerks),
      ...user.columns
        .filter(({ name, nullable }) => !nullable && Object.values(columns).includes(name))
        .map((column) => nullableChange(user, column)),
      ...(email.unique ? [] : [uniqueChange(user, email, "one address belongs to one user")]),
      ...unfilled(user, written),
      ...(customer?.changes ?? []),
    ],
  };
}

const pick = (columns: Column[], names: string[], type?: Column["type"]): Column | undefined =>
  names
    .flatMap((name) => columns.filter((column) => column.name === name || column.label === name))
    .find((column) => type === undefined || column.type === type);

const named = <Key extends string>(key: Key, column: Column | undefined): { [K in Key]?: string } =>
  (column ? { [key]: column.name } : {}) as { [K in Key]?: string };

function mapCustomer(tables: Table[], user: Table): { mapping: Mapping["customer"]; changes: Change[] } | undefined {
  const table = tables.find(({ label }) => /^customers?$/i.test(label));
  const userKey = table?.columns.find(({ refersTo }) => refersTo === user.label);
  if (!table || !userKey) return undefined;
  const name = pick(table.columns, NAMES.name, "text");
  const written = new Set([userKey.name, name?.name]);
  return {
    mapping: { table: table.name, userKey: userKey.name, name: name?.name ?? null },
    changes: [
      ...(userKey.unique ? [] : [uniqueChange(table, userKey, "each user has one row")]),
      ...(name && !name.nullable ? [nullableChange(table, name)] : []),
      ...unfilled(table, written),
    ],
  };
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const alter = ({ name }: Table, change: string): string => `ALTER TABLE ${quote(name)} ${change};`;

function keyChanges(user: Table, given: Column | undefined, idIsClerks: boolean): Change[] {
  if (idIsClerks) return [];
  if (!given)
    return [
      {
        why: "A column for Clerk's id, empty for users who are not Clerk's",
        sql: alter(user, `ADD COLUMN "clerkId" text UNIQUE`),
      },
    ];
  return given.unique ? [] : [uniqueChange(user, given, "Clerk's id names one user")];
}

const uniqueChange = (table: Table, { name }: Column, why: string): Change => ({
  why: `${table.label}.${name} needs a unique index, for ${why}`,
  sql: alter(table, `ADD UNIQUE (${quote(name)})`),
});

const nullableChange = (table: Table, { name }: Column): Change => ({
  why: `${table.label}.${name} must be nullable: not every Clerk user has one`,
  sql: alter(table, `ALTER COLUMN ${quote(name)} DROP NOT NULL`),
});

/** Required columns that only the ORM fills: without a default in the database, no row can be added by SQL. */
const unfilled = (table: Table, written: ReadonlySet<string | null | undefined>): Change[] =>
  table.columns
    .filter(({ name, nullable, filledBy }) => !nullable && filledBy !== "database" && !written.has(name))
    .map((column) => ({
      why: `${table.label}.${column.name} needs a default in the database, so that a row can be added by SQL`,
      sql: alter(table, `ALTER COLUMN ${quote(column.name)} ${filling(column)}`),
    }));

function filling({ type, primary }: Column): string {
  if (type === "time") return "SET DEFAULT now()";
  if (primary && type === "number") return "ADD GENERATED BY DEFAULT AS IDENTITY";
  return type === "uuid" || primary ? "SET DEFAULT gen_random_uuid()" : "DROP NOT NULL";
}
