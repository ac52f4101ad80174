import { extraFields } from "../../database/extra-fields.ts";
import { type ApplicationTables, ownIdColumn } from "../../database/tables.ts";
import { extraColumns } from "./extra.ts";

export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** What the catalogue says about the columns that the statements write. */
export interface ColumnTypes {
  /** The type of the user's id, as SQL names it. */
  id: string;
  /** The user's columns of type `timestamp`. They contain UTC, as Prisma and most drivers write them. */
  zoneless: ReadonlySet<string>;
  /** The type of each of the user's columns, as SQL names it. */
  user: ReadonlyMap<string, string>;
}

export const defaultTypes: ColumnTypes = { id: "text", zoneless: new Set(), user: new Map() };

/** A column of a row, or a null of its type if the application names no such column. */
export const columnOrNull = (row: string, column: string | null, type: string): string =>
  column === null ? `null::${type}` : `${row}.${column}`;

/** The domain of the placeholders for users who show no address, in a column that is NOT NULL. */
export const PLACEHOLDER_DOMAIN = "@no-email.invalid";

/** SQL expressions for what Clerk says about one user. */
interface Said {
  id: string;
  email: string;
  emailVerifiedAt: string;
  name: string;
  image: string;
  extra: string;
}

const said: Said = {
  id: "id",
  email: "email",
  emailVerifiedAt: '"emailVerifiedAt"',
  name: "name",
  image: "image",
  extra: "extra",
};

/**
 * The application's tables under the names that the statements use.
 *
 * @param types needed by statements that write times or new ids
 */
export function names({ user, customer }: ApplicationTables, types = defaultTypes) {
  const users = quote(user.table);
  const key = quote(user.key);
  const id = quote(user.id ?? user.key);
  const ownIds = ownIdColumn(user) !== undefined;
  const newIds = ownIds && user.newId !== undefined;
  const time = (column: string, value: string) =>
    types.zoneless.has(column) ? `(${value} at time zone 'UTC')` : value;
  const placeholder = (ofKey: string) => `${ofKey} || '${PLACEHOLDER_DOMAIN}'`;
  const noEmail = (row: string) => (user.placeholderEmail ? placeholder(`${row}.${key}`) : "null");

  const { email, emailVerified, name, image } = user.columns;
  const optional = [
    { column: emailVerified, holds: "emailVerifiedAt" },
    { column: name, holds: "name" },
    { column: image, holds: "image" },
  ] as const;
  /** Each column of the projection, its name in Clerk's terms, what it must contain, and what it contains if that is nothing. */
  const projection: { column: string; name: string; value: (from: Said) => string; empty: (row: string) => string }[] =
    [
      {
        column: email,
        name: said.email,
        value: (from) => (user.placeholderEmail ? `coalesce(${from.email}, ${placeholder(from.id)})` : from.email),
        empty: noEmail,
      },
      ...optional.flatMap(({ column, holds }) =>
        column === undefined
          ? []
          : [{ column, name: said[holds], value: (from: Said) => time(column, from[holds]), empty: () => "null" }],
      ),
      ...extraColumns(user.columns, (column) => types.user.get(column)).map(({ column, field, value, empty }) => ({
        column,
        name: quote(field),
        value: ({ extra }: Said) => time(column, value(extra)),
        empty: () => empty,
      })),
    ];
  const projected = projection.map(({ column }) => quote(column));
  const valuesOf = (from: Said) => projection.map(({ value }) => value(from)).join(", ");
  const now = user.updatedAt === undefined ? "" : `, ${time(user.updatedAt, "now()")}`;
  const stamp = user.updatedAt === undefined ? "" : `, ${quote(user.updatedAt)} = ${time(user.updatedAt, "now()")}`;

  return {
    users,
    key,
    /** The primary key: the same column as `key`, unless the application has its own ids. */
    id,
    ownIds,
    /** Whether rows bring a "newId" for users who have no row yet. */
    newIds,
    /** Whether the application names columns for further fields. */
    extras: extraFields(user.columns).length > 0,
    email: quote(email),
    emailVerified: emailVerified === undefined ? null : quote(emailVerified),
    name: name === undefined ? null : quote(name),
    image: image === undefined ? null : quote(image),
    /** The address that a row shows: null instead of a placeholder. */
    shownEmail: (row: string) =>
      user.placeholderEmail
        ? `nullif(${row}.${quote(email)}, ${placeholder(`${row}.${key}`)})`
        : `${row}.${quote(email)}`,
    /** The columns of the projection, of one row. */
    shownBy: (row: string) => `(${projected.map((column) => `${row}.${column}`).join(", ")})`,
    /** Their names in Clerk's terms, and what they must contain. */
    projectedNames: projection.map(({ name }) => name),
    valuesOf,
    /** Sets the time of the last change, after another column. */
    stamp,
    /** Sets the address, and what belongs to it, to nothing; or the whole projection. */
    withoutEmail: (row: string) =>
      [
        `${quote(email)} = ${noEmail(row)}`,
        ...(emailVerified === undefined ? [] : [`${quote(emailVerified)} = null`]),
      ].join(", ") + stamp,
    blank: (row: string) =>
      projection.map(({ column, empty }) => `${quote(column)} = ${empty(row)}`).join(", ") + stamp,
    /** A row that is kept in sync with Clerk; every other row is the application's own, also one without a key. */
    isClerks: (row: string) => `coalesce(${row}.${key} ~ '^user_[A-Za-z0-9]+$', false)`,
    /** Shows rows (id, email, "emailVerifiedAt", name, image, extra) in the application's table. */
    show: (rows: string) => `insert into ${users} as u (${newIds ? `${id}, ` : ""}${key}, ${projected.join(", ")}${
      user.updatedAt === undefined ? "" : `, ${quote(user.updatedAt)}`
    })
    select ${newIds ? `"newId"::${types.id}, ` : ""}id, ${valuesOf(said)}${now} from ${rows} order by id
    on conflict (${key}) do update set ${projected.map((column) => `${column} = excluded.${column}`).join(", ")}${stamp}`,
    /**
     * Joins `unlinked.found` to rows (id, email, "emailVerifiedAt"): a user without a row, whose verified address is in a row
     * without Clerk's id. It is most likely theirs, and a second one would make it impossible to link it.
     */
    unlinked: (row: string) => `left join lateral (
    select true as found from ${users} h where h.${quote(email)} = ${row}.email and h.${key} is null
      and ${row}."emailVerifiedAt" is not null and not exists (select from ${users} u where u.${key} = ${row}.id) limit 1
  ) unlinked on true`,
    customer: customer && customerNames(customer),
  };
}

function customerNames({ table, userKey, name }: NonNullable<ApplicationTables["customer"]>) {
  const customers = quote(table);
  const owner = quote(userKey);
  return {
    customers,
    userKey: owner,
    customerName: name === undefined ? null : quote(name),
    insert: `insert into ${customers} (${owner}${name === undefined ? "" : `, ${quote(name)}`})`,
    /** The values of a new row. */
    values: (of: string, row: string) => (name === undefined ? of : `${of}, ${row}.name`),
  };
}
