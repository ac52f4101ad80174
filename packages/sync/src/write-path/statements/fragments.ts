import type { ApplicationTables } from "../../database/tables.ts";

export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The pair that decides which of one user's snapshots is newer. NULL counts as lowest: a row comparison with NULL would be NULL. */
export const version = (row: string): string =>
  `(coalesce(${row}."updatedAt", '-infinity'), coalesce(${row}."checkedAt", '-infinity'))`;

export const claim = (row: string): string => `(${row}.email, ${row}."emailVerifiedAt", ${row}."emailSince")`;

/** Everything Clerk says about a user, except the moment at which it was true. */
export const content = (row: string): string =>
  `(${row}."instanceId", ${row}.email, ${row}."emailVerifiedAt", ${row}."emailSince", ${row}.name, ${row}.image, ${row}."createdAt", ${row}."updatedAt")`;

/** Who owns an address: verified before unverified, then the user who added it last, then the smallest id. */
export const rank = (row: string): string =>
  `${row}."emailVerifiedAt" is null, coalesce(${row}."emailSince", '-infinity') desc, ${row}.id collate "C"`;

/** The same order as `rank`, between two rows. */
export const outranks = (a: string, b: string): string =>
  `(${a}."emailVerifiedAt" is null, coalesce(${b}."emailSince", '-infinity'), ${a}.id collate "C")
   < (${b}."emailVerifiedAt" is null, coalesce(${a}."emailSince", '-infinity'), ${b}.id collate "C")`;

/** The application's tables under the names that the statements use. */
export function names({ user, customer }: ApplicationTables) {
  const key = quote(user.key);
  const { email, emailVerified, name, image } = user.columns;
  const projected = [email, emailVerified, name, image].map(quote);
  return {
    users: quote(user.table),
    key,
    email: quote(email),
    emailVerified: quote(emailVerified),
    name: quote(name),
    image: quote(image),
    /** The four columns of the projection, of one row. */
    shownBy: (row: string) => `(${projected.map((column) => `${row}.${column}`).join(", ")})`,
    customers: quote(customer.table),
    userKey: quote(customer.userKey),
    customerName: quote(customer.name),
    /** A row that is kept in sync with Clerk; every other row is the application's own, also one without a key. */
    isClerks: (row: string) => `coalesce(${row}.${key} ~ '^user_[A-Za-z0-9]+$', false)`,
    stamp: user.updatedAt === null ? "" : `, ${quote(user.updatedAt)} = now()`,
    /** Shows rows (id, email, "emailVerifiedAt", name, image) in the application's table. */
    show: (
      rows: string,
    ) => `insert into ${quote(user.table)} as u (${key}, ${projected.join(", ")}${user.updatedAt === null ? "" : `, ${quote(user.updatedAt)}`})
    select id, email, "emailVerifiedAt", name, image${user.updatedAt === null ? "" : ", now()"} from ${rows} order by id
    on conflict (${key}) do update set ${projected.map((column) => `${column} = excluded.${column}`).join(", ")}${
      user.updatedAt === null ? "" : `, ${quote(user.updatedAt)} = now()`
    }`,
  };
}

/**
 * A batch of snapshots, one row per user: ten arrays in the order of `snapshotArrays`. Times are epoch milliseconds: no
 * session time zone shifts them, and PostgreSQL parses a number much faster than a date.
 */
export const incoming = `incoming as materialized (
  select id, "instanceId", email, ${moment("emailVerifiedAt")}, ${moment("emailSince")}, name, image, ${moment("createdAt")},
    ${moment("updatedAt")}, ${moment("checkedAt")}
  from unnest($1::text[], $2::text[], $3::text[], $4::float8[], $5::float8[], $6::text[], $7::text[], $8::float8[], $9::float8[], $10::float8[])
       as s(id, "instanceId", email, "emailVerifiedAt", "emailSince", name, image, "createdAt", "updatedAt", "checkedAt")
)`;

function moment(column: string): string {
  return `to_timestamp("${column}" / 1000) as "${column}"`;
}

/** Records rows in `ClerkUser`, unless a tombstone or the guard forbids it. */
export const recordRows = (rows: string, guard: string): string => `insert into rollcall."ClerkUser" as c
    (id, "instanceId", email, "emailVerifiedAt", "emailSince", name, image, "createdAt", "updatedAt", "checkedAt", "syncedAt")
  select id, "instanceId", email, "emailVerifiedAt", "emailSince", name, image, "createdAt", "updatedAt", "checkedAt", clock_timestamp()
  from ${rows} order by id
  on conflict (id) do update set
    "instanceId" = excluded."instanceId", email = excluded.email, "emailVerifiedAt" = excluded."emailVerifiedAt",
    "emailSince" = excluded."emailSince", name = excluded.name, image = excluded.image, "createdAt" = excluded."createdAt",
    "updatedAt" = excluded."updatedAt", "checkedAt" = excluded."checkedAt", "syncedAt" = excluded."syncedAt"
  where c."deletedAt" is null and ${guard}`;

/** The row may have changed since it was judged: compare again after waiting for its lock. */
export const isNewer = `${version("excluded")} >= ${version("c")}`;
