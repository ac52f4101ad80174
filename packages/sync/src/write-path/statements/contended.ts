import { z } from "zod/v4";
import { unlessFrozen } from "../../database/database.ts";
import type { ApplicationTables } from "../../database/tables.ts";
import { createdEffects, deletedEffects } from "../../effects/statements/outbox.ts";
import { incoming, isNewer, rank, recordRows, wasRecorded } from "./fragments.ts";
import { type ColumnTypes, names } from "./names.ts";

/** The slow path's advisory lock: any fixed number that no other program on this database uses. */
export const LOCK_KEY = 7_041_776;

/**
 * Waits a limited time for the advisory lock, and for each lock of the transaction that follows: another session may hold
 * a lock for minutes, and no client can cancel a waiting statement. After that time PostgreSQL raises 55P03.
 */
const lockWithin = (time: string): string =>
  // As text: not every client reads a void.
  `select ${unlessFrozen}, set_config('lock_timeout', '${time}', true), pg_advisory_xact_lock(${LOCK_KEY})::text`;

// Before a client's `query_timeout` of 10 s, which would take the wait for a connection that went silent.
export const lockStatement = lockWithin("8s");
/** For an adoption: a person at a terminal can wait. */
export const patientLockStatement = lockWithin("10min");

/** The result of recording or of inserting tombstones: the users written, and every address that a user gave up or gained. */
export const recordedRow = z.tuple([
  z.object({
    ids: z.array(z.string()),
    /** Those of them who had a row in `ClerkUser` before. */
    recorded: z.array(z.string()).default([]),
    addresses: z.array(z.string()),
    /** The requested users that the application's table already shows. */
    known: z.array(z.string()),
    /** The requested users who are refused, because a row without Clerk's id has their verified address. */
    unlinked: z.array(z.string()).default([]),
  }),
]);

export const ownerRows = z.array(z.object({ id: z.string() }));
/** What rows showed before, as a digest. */
export const shownRows = z.array(z.object({ id: z.string(), shown: z.string() }));
export const projectedRows = z.array(
  z.object({ id: z.string(), dead: z.boolean(), conflict: z.boolean(), unlinked: z.boolean().default(false) }),
);

/** Records a batch in `ClerkUser`, whatever other users claim the addresses. Parameters: the ten arrays of `incoming`. */
export function recordStatement(tables: ApplicationTables): string {
  const { ownIds, unlinked } = names(tables);
  const refused = `unlinked as (
  select i.id from incoming i ${unlinked("i")} where unlinked.found
)`;
  return `with ${incoming()}${ownIds ? `, ${refused}` : ""}, written as (
  ${recordRows(ownIds ? "incoming where id not in (select id from unlinked)" : "incoming", isNewer)}
  returning id, "createdAt", ${wasRecorded} as recorded
), ${createdEffects}, ${previous(tables, "incoming i")}
select array(select id from written) as ids, array(select id from written where recorded) as recorded,
  array(
    select email from incoming where email is not null
    union select claimed from previous where claimed is not null
    union select shown from previous where shown is not null
  ) as addresses,
  array(select id from previous where known) as known${ownIds ? ", array(select id from unlinked) as unlinked" : ""}`;
}

/** The previous state of some rows (id). LATERAL with a LIMIT, so that no plan reads a whole table. */
function previous(tables: ApplicationTables, rows: string): string {
  const { users, key, email } = names(tables);
  return `previous as (
  select i.id, c.email as claimed, u.${email} as shown, u.known, c.id is not null as recorded, c.dead is true as dead from ${rows}
  left join lateral (
    select id, email, "deletedAt" is not null as dead from rollcall."ClerkUser" where id = i.id limit 1
  ) c on true
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
), ${previous(tables, "unnest($1::text[]) as i (id)")}, ${deletedEffects}
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

/** Clears the addresses from every Clerk user's row that has one, and so locks those rows. Parameter: addresses. */
export function releaseStatement(tables: ApplicationTables, types?: ColumnTypes): string {
  const { users, email, isClerks, withoutEmail } = names(tables, types);
  return `update ${users} as h set ${withoutEmail("h")}
where ${email} = any($1::text[]) and ${isClerks("h")}`;
}

/**
 * Projects what `ClerkUser` now says about these users: those that were written, and the owners of their addresses,
 * including heirs that were not requested. An owner who is not among them came by the fast path after the release, and is already shown.
 * Parameters: the ids, all of them locked; the addresses; all ids that the caller expects a result for; and the new ids, one
 * for each of the first, if the application makes them itself. Every lookup is LATERAL with a LIMIT, and every update by an
 * array, so that no plan reads a whole table.
 */
export function projectStatement(tables: ApplicationTables, types?: ColumnTypes): string {
  const { users, key, id, ownIds, newIds, email, customer, isClerks, blank, show, unlinked } = names(tables, types);
  const owner = ownIds ? "shown.own" : "mine.id";
  const dead = "array(select id from mine where dead)";
  return `with owner as (
  select o.id, a.email, o."emailVerifiedAt" from unnest($2::text[]) as a (email)
  cross join lateral (
    select c.id, c."emailVerifiedAt" from rollcall."ClerkUser" c where c.email = a.email and c."deletedAt" is null
    order by ${rank("c")} limit 1
  ) o
  -- One of the application's own rows that has the address blocks it for all users.
  left join lateral (
    select true as blocked from ${users} h where h.${email} = a.email and not ${isClerks("h")} limit 1
  ) h on true
  where h.blocked is null
), mine as (
  select c.id, o.email, o."emailVerifiedAt", c.name, c.image, c.dead${newIds ? `, m."newId"` : ""}${ownIds ? ", unlinked.found is not null as unlinked" : ""}
  from (${newIds ? `select distinct on (id) id, "newId" from unnest($1::text[], $4::text[]) as a (id, "newId")` : "select distinct unnest($1::text[]) as id"}) m
  cross join lateral (
    select id, name, image, "deletedAt" is not null as dead${ownIds ? `, email, "emailVerifiedAt"` : ""} from rollcall."ClerkUser" c where c.id = m.id limit 1
  ) c
  left join owner o on o.id = c.id${ownIds ? `\n  ${unlinked("c")}` : ""}
), shown as (
  ${show(ownIds ? "mine where not dead and not unlinked" : "mine where not dead")}${ownIds ? `\n  returning u.${key} as id, u.${id} as own` : ""}
), blanked as (
  update ${users} u set ${blank("u")}
  where u.${key} = any(${dead})
)${
    customer
      ? `, customers as (
  ${customer.insert}
  select ${customer.values(owner, "mine")} from mine${ownIds ? " join shown on shown.id = mine.id" : ""}
  left join lateral (select true as found from ${customer.customers} k where k.${customer.userKey} = ${owner} limit 1) k on true
  where not dead and k.found is null order by mine.id
  on conflict (${customer.userKey}) do nothing
)`
      : ""
  }${
    customer?.customerName
      ? `, nameless as (
  update ${customer.customers} k set ${customer.customerName} = null
  where k.${customer.userKey} = any(${ownIds ? `array(select u.${id} from ${users} u where u.${key} = any(${dead}))` : dead}) and k.${customer.customerName} is not null
)`
      : ""
  }
select c.id, c.dead, c.claims and o.id is null as conflict${ownIds ? `, exists (select from mine where mine.id = c.id and mine.unlinked and not mine.dead) as unlinked` : ""} from unnest($3::text[]) as a (id)
cross join lateral (
  select id, "deletedAt" is not null as dead, email is not null as claims from rollcall."ClerkUser" c where c.id = a.id limit 1
) c
left join owner o on o.id = c.id`;
}
