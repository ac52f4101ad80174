import type { ApplicationTables } from "../../tables.ts";
import { incoming, isNewer, names, rank, recordRows } from "./fragments.ts";

/** Whose turn it is in the slow path: any fixed number that no other program on this database uses. */
export const LOCK_KEY = 7_041_776;

export const lockStatement = `select pg_advisory_xact_lock(${LOCK_KEY})`;

/** What recording (or burying) gave: the users that it wrote, and every address that somebody gave up or gained. */
export interface Recorded {
  ids: string[];
  addresses: string[];
  /** Of the users asked for, those that the application's table shows already. */
  known: string[];
}

export interface ProjectedRow {
  id: string;
  dead: boolean;
  conflict: boolean;
}

/** Records a batch in `ClerkUser`, whatever else claims the addresses. Parameters: the ten arrays of `incoming`. */
export function recordStatement(tables: ApplicationTables): string {
  const { users, key, email } = names(tables);
  return `with ${incoming}, written as (
  ${recordRows("incoming", isNewer)}
  returning id
)
select array(select id from written) as ids,
  array(
    select email from incoming where email is not null
    union select c.email from incoming join "ClerkUser" c using (id) where c.email is not null
    union select u.${email} from incoming i join ${users} u on u.${key} = i.id where u.${email} is not null
  ) as addresses,
  array(select i.id from incoming i join ${users} u on u.${key} = i.id) as known`;
}

/**
 * Makes tombstones, also of users never seen. Of a row that is one already the older time stands, and a signed
 * webhook's word outweighs a run's (`webhook` is the lesser of the enum). Parameters: ids, instance, who says so.
 */
export function buryStatement(tables: ApplicationTables): string {
  const { users, key, email } = names(tables);
  return `with buried as (
  insert into "ClerkUser" as c (id, "instanceId", "syncedAt", "deletedAt", "deletedBy")
  select id, $2::text, clock_timestamp(), clock_timestamp(), $3::text::"DeletedBy" from unnest($1::text[]) as id order by id
  on conflict (id) do update set
    email = null, "emailVerifiedAt" = null, "emailSince" = null, name = null, image = null, "syncedAt" = excluded."syncedAt",
    "deletedAt" = coalesce(c."deletedAt", excluded."deletedAt"), "deletedBy" = least(c."deletedBy", excluded."deletedBy")
  returning id
)
select array(select id from buried) as ids,
  array(
    select email from "ClerkUser" where id = any($1::text[]) and email is not null
    union select ${email} from ${users} where ${key} = any($1::text[]) and ${email} is not null
  ) as addresses,
  array(select ${key} from ${users} where ${key} = any($1::text[])) as known`;
}

/** Takes the addresses from every Clerk user's row that holds one, and with it those rows' locks. Parameter: addresses. */
export function releaseStatement(tables: ApplicationTables): string {
  const { users, email, emailVerified, isClerks, stamp } = names(tables);
  return `update ${users} as h set ${email} = null, ${emailVerified} = null${stamp}
where ${email} = any($1::text[]) and ${isClerks("h")}`;
}

/**
 * Shows what `ClerkUser` now says: these users in full, and each address at its owner, who may be an heir that nobody
 * asked for. Parameters: the ids that were written, the addresses, and all ids that the caller wants an answer about.
 */
export function projectStatement(tables: ApplicationTables): string {
  const { users, key, email, emailVerified, name, image, customers, userKey, customerName, isClerks, stamp, show } =
    names(tables);
  return `with owner as (
  select distinct on (c.email) c.id, c.email, c."emailVerifiedAt" from "ClerkUser" c
  where c.email = any($2::text[]) and c."deletedAt" is null
    -- A row of the application's own that holds the address blocks it for all.
    and not exists (select from ${users} h where h.${email} = c.email and (${isClerks("h")}) is not true)
  order by c.email, ${rank("c")}
), mine as (
  select c.id, o.email, o."emailVerifiedAt", c.name, c.image, c."deletedAt" is not null as dead
  from "ClerkUser" c left join owner o using (id) where c.id = any($1::text[])
), shown as (
  ${show("mine where not dead")}
), blanked as (
  update ${users} u set ${email} = null, ${emailVerified} = null, ${name} = null, ${image} = null${stamp}
  from mine where mine.dead and u.${key} = mine.id
), heirs as (
  update ${users} u set ${email} = o.email, ${emailVerified} = o."emailVerifiedAt"${stamp}
  from owner o where u.${key} = o.id and u.${key} <> all($1::text[])
), customers as (
  insert into ${customers} (${userKey}, ${customerName})
  select id, name from mine
  where not dead and not exists (select from ${customers} k where k.${userKey} = mine.id) order by id
  on conflict (${userKey}) do nothing
), nameless as (
  update ${customers} k set ${customerName} = null from mine
  where mine.dead and k.${userKey} = mine.id and k.${customerName} is not null
)
select c.id, c."deletedAt" is not null as dead, c.email is not null and o.id is null as conflict
from "ClerkUser" c left join owner o using (id) where c.id = any($3::text[])`;
}
