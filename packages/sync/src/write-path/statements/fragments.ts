/** The pair that decides which of one user's snapshots is newer. NULL counts as lowest: a row comparison with NULL would be NULL. */
export const version = (row: string): string =>
  `(coalesce(${row}."updatedAt", '-infinity'), coalesce(${row}."checkedAt", '-infinity'))`;

export const claim = (row: string): string => `(${row}.email, ${row}."emailVerifiedAt", ${row}."emailSince")`;

/** Everything Clerk says about a user, except the moment at which it was true. */
export const content = (row: string): string =>
  `(${row}."instanceId", ${row}.email, ${row}."emailVerifiedAt", ${row}."emailSince", ${row}.name, ${row}.image, ${row}.extra, ${row}."createdAt", ${row}."updatedAt")`;

/** Who owns an address: verified before unverified, then the user who added it last, then the smallest id. */
export const rank = (row: string): string =>
  `${row}."emailVerifiedAt" is null, coalesce(${row}."emailSince", '-infinity') desc, ${row}.id collate "C"`;

/** The same order as `rank`, between two rows. */
export const outranks = (a: string, b: string): string =>
  `(${a}."emailVerifiedAt" is null, coalesce(${b}."emailSince", '-infinity'), ${a}.id collate "C")
   < (${b}."emailVerifiedAt" is null, coalesce(${a}."emailSince", '-infinity'), ${b}.id collate "C")`;

/**
 * A batch of snapshots, one row per user: the arrays of `snapshotArrays`, in its order. Times are epoch milliseconds: no
 * session time zone shifts them, and PostgreSQL parses a number much faster than a date.
 *
 * @param extras whether the eleventh array has further fields: without it, none are stored
 * @param newIds whether the last parameter has an id for each user who has no row yet
 * @param one whether there is only one row: the planner guesses ten, and then prefers a new plan for each call
 */
export const incoming = ({
  extras = false,
  newIds = false,
  one = false,
}: {
  extras?: boolean;
  newIds?: boolean;
  one?: boolean;
}): string => `incoming as materialized (
  select id, "instanceId", email, ${moment("emailVerifiedAt")}, ${moment("emailSince")}, name, image, ${extras ? "extra::jsonb" : "null::jsonb"} as extra, ${moment("createdAt")},
    ${moment("updatedAt")}, ${moment("checkedAt")}${newIds ? ', "newId"' : ""}
  from unnest($1::text[], $2::text[], $3::text[], $4::float8[], $5::float8[], $6::text[], $7::text[], $8::float8[], $9::float8[], $10::float8[]${extras ? ", $11::text[]" : ""}${newIds ? `, ${extras ? "$13" : "$12"}::text[]` : ""})
       as s(id, "instanceId", email, "emailVerifiedAt", "emailSince", name, image, "createdAt", "updatedAt", "checkedAt"${extras ? ", extra" : ""}${newIds ? ', "newId"' : ""})${one ? "\n  limit 1" : ""}
)`;

function moment(column: string): string {
  return `to_timestamp("${column}" / 1000) as "${column}"`;
}

/** Records rows in `ClerkUser`, unless a tombstone or the guard forbids it. */
export const recordRows = (rows: string, guard: string): string => `insert into rollcall."ClerkUser" as c
    (id, "instanceId", email, "emailVerifiedAt", "emailSince", name, image, extra, "createdAt", "updatedAt", "checkedAt", "syncedAt")
  select id, "instanceId", email, "emailVerifiedAt", "emailSince", name, image, extra, "createdAt", "updatedAt", "checkedAt", clock_timestamp()
  from ${rows} order by id
  on conflict (id) do update set
    "instanceId" = excluded."instanceId", email = excluded.email, "emailVerifiedAt" = excluded."emailVerifiedAt",
    "emailSince" = excluded."emailSince", name = excluded.name, image = excluded.image, extra = excluded.extra, "createdAt" = excluded."createdAt",
    "updatedAt" = excluded."updatedAt", "checkedAt" = excluded."checkedAt", "syncedAt" = excluded."syncedAt"
  where c."deletedAt" is null and ${guard}`;

/**
 * For the RETURNING of `recordRows`: whether the user had a row before. ON CONFLICT DO UPDATE locks the row that it changes, and a
 * locked row has an xmax.
 */
export const wasRecorded = "xmax <> 0";

/** The row may have changed since it was judged: compare again after waiting for its lock. */
export const isNewer = `${version("excluded")} >= ${version("c")}`;
