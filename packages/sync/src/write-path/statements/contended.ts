import { z } from "zod/v4";
import { unlessFrozen } from "../../database/database.ts";
import type { ApplicationTables } from "../../database/tables.ts";
import { incoming, isNewer, names, rank, recordRows } from "./fragments.ts";

/** The slow path's advisory lock: any fixed number that no other program on this database uses. */
export const LOCK_KEY = 7_041_776;

/**
 * Waits a limited time for the advisory lock, and for each lock of the transaction that follows: another session may hold
 * a lock for minutes, and no client can cancel a waiting statement. After that time PostgreSQL raises 55P03.
 */
const lockWithin = (time: string): string =>
  // As text: not every client reads a void.
  `select ${unlessFrozen}, set_config('lock_timeout', '${time}', true), pg_advisory_xact_lock(${LOCK_KEY})::text`;

// Before a client's `query_timeout` of 10 s, which would take the wait for a connection that fell silent.
export const lockStatement = lockWithin("8s");
/** For an adoption: a person at a terminal can wait. */
export const patientLockStatement = lockWithin("10min");

/** The result of recording or of inserting tombstones: the users written, and every address that a user gave up or gained. */
export const recordedRow = z.tuple([
  z.object({
    ids: z.array(z.string()),
    addresses: z.array(z.string()),
    /** The requested users that the application's table already shows. */
    known: z.array(z.string()),
  }),
]);

export const ownerRows = z.array(z.object({ id: z.string() }));
export const projectedRows = z.array(z.object({ id: z.string(), dead: z.boolean(), conflict: z.boolean() }));

/** Records a batch in `ClerkUser`, whatever other users claim the addresses. Parameters: the ten arrays of `incoming`. */
export function recordStatement(tables: ApplicationTables): string {
  return `with ${incoming}, written as (
  ${recordRows("incoming", isNewer)}
  returning id
), ${previous(tables, "incoming i")}
select array(select id from written) as ids,
  array(
    select email from incoming where email is not null
    union select claimed from previous where claimed is not null
    union select shown from previous where shown is not null
  ) as addresses,
  array(select id from previous where known) as known`;
}

/** The previous state of some rows (id). LATERAL with a LIMIT, so that no plan reads a whole table. */
function previous(tables: ApplicationTables, rows: string): string {
  const { users, key, email } = names(tables);
  return `previous as (
  select i.id, c.email as claimed, u.${email} as shown, u.known from ${rows}
  left join lateral (select email from rollcall."ClerkUser" where id = i.id limit 1) c on true
  left join lateral (select ${email}, true as known from ${users} where ${key} = i.id limit 1) u on true
)`;
}

/**
 * Inserts tombstones, also for users never seen. An existing tombstone keeps its older time, and a signed
 * webhook's outweighs a run's (`webhook` is the lesser value of the enum). `checkedAt` of a run's tombstone is the time of
 * Clerk's newest 404 for the user: a token that Clerk issues to them later proves it wrong.
 * Parameters: ids, instance, source, and for a run the time of Clerk's answer in epoch ms.
 */
export function insertTombstonesStatement(tables: ApplicationTables): string {
  return `with tombstoned as (
  insert into rollcall."ClerkUser" as c (id, "instanceId", "checkedAt", "syncedAt", "deletedAt", "deletedBy")
  select id, $2::text, to_timestamp($4::float8 / 1000), clock_timestamp(), clock_timestamp(), $3::text::rollcall."DeletedBy"
  from unnest($1::text[]) as id order by id
  on conflict (id) do update set
    email = null, "emailVerifiedAt" = null, "emailSince" = null, name = null, image = null, "syncedAt" = excluded."syncedAt",
    "deletedAt" = coalesce(c."deletedAt", excluded."deletedAt"), "deletedBy" = least(c."deletedBy", excluded."deletedBy"),
    "checkedAt" = case
      when 'webhook' in (c."deletedBy", excluded."deletedBy") then c."checkedAt"
      when c."deletedBy" = 'run' then greatest(c."checkedAt", excluded."checkedAt")
      else excluded."checkedAt"
    end
  returning id
), ${previous(tables, "unnest($1::text[]) as i (id)")}
select array(select id from tombstoned) as ids,
  array(
    select claimed from previous where claimed is not null union select shown from previous where shown is not null
  ) as addresses,
  array(select id from previous where known) as known`;
}

/**
 * Locks the owners of some addresses in `ClerkUser`, and returns their ids. The fast path may write an owner at any time; a
 * projection whose snapshot is older than that write would undo it in the application's table. So this is a separate
 * statement, before the projection. An owner stays the owner: once an address is claimed, claims on it change only in the
 * slow path. Parameter: addresses.
 */
export const lockOwnersStatement = `select id from rollcall."ClerkUser" where id = any(array(
  select o.id from unnest($1::text[]) as a (email)
  cross join lateral (
    select c.id from rollcall."ClerkUser" c where c.email = a.email and c."deletedAt" is null order by ${rank("c")} limit 1
  ) o
)) order by id for update`;

/** Clears the addresses from every Clerk user's row that holds one, and so locks those rows. Parameter: addresses. */
export function releaseStatement(tables: ApplicationTables): string {
  const { users, email, emailVerified, isClerks, stamp } = names(tables);
  return `update ${users} as h set ${email} = null, ${emailVerified} = null${stamp}
where ${email} = any($1::text[]) and ${isClerks("h")}`;
}

/**
 * Projects what `ClerkUser` now says about these users: those that were written, and the owners of their addresses,
 * including heirs that were not requested. An owner who is not among them came by the fast path after the release, and is already shown.
 * Parameters: the ids, all of them locked; the addresses; and all ids that the caller expects a result for. Every lookup is LATERAL with a LIMIT, and every update by an array, so that no plan reads a whole table.
 */
export function projectStatement(tables: ApplicationTables): string {
  const { users, key, email, emailVerified, name, image, customers, userKey, customerName, isClerks, stamp, show } =
    names(tables);
  return `with owner as (
  select o.id, a.email, o."emailVerifiedAt" from unnest($2::text[]) as a (email)
  cross join lateral (
    select c.id, c."emailVerifiedAt" from rollcall."ClerkUser" c where c.email = a.email and c."deletedAt" is null
    order by ${rank("c")} limit 1
  ) o
  -- One of the application's own rows that holds the address blocks it for all users.
  left join lateral (
    select true as blocked from ${users} h where h.${email} = a.email and not ${isClerks("h")} limit 1
  ) h on true
  where h.blocked is null
), mine as (
  select c.id, o.email, o."emailVerifiedAt", c.name, c.image, c.dead
  from (select distinct unnest($1::text[]) as id) m
  cross join lateral (
    select id, name, image, "deletedAt" is not null as dead from rollcall."ClerkUser" c where c.id = m.id limit 1
  ) c
  left join owner o on o.id = c.id
), shown as (
  ${show("mine where not dead")}
), blanked as (
  update ${users} u set ${email} = null, ${emailVerified} = null, ${name} = null, ${image} = null${stamp}
  where u.${key} = any(array(select id from mine where dead))
), customers as (
  insert into ${customers} (${userKey}, ${customerName})
  select mine.id, mine.name from mine
  left join lateral (select true as found from ${customers} k where k.${userKey} = mine.id limit 1) k on true
  where not dead and k.found is null order by mine.id
  on conflict (${userKey}) do nothing
), nameless as (
  update ${customers} k set ${customerName} = null
  where k.${userKey} = any(array(select id from mine where dead)) and k.${customerName} is not null
)
select c.id, c.dead, c.claims and o.id is null as conflict from unnest($3::text[]) as a (id)
cross join lateral (
  select id, "deletedAt" is not null as dead, email is not null as claims from rollcall."ClerkUser" c where c.id = a.id limit 1
) c
left join owner o on o.id = c.id`;
}
