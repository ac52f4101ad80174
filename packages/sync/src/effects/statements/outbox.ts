import type { ApplicationTables } from "../../database/tables.ts";
import { names } from "../../write-path/statements/names.ts";

/**
 * Users who signed up longer ago get no `user.created`: whatever brings them now, they did not just sign up. An effect that
 * was delivered is remembered for a day longer, so no user gets a second one.
 */
export const CREATED_WITHIN_DAYS = 7;

const TARGET = `rollcall."SyncEffect" as e (type, "userId", version, "occurredAt", "runAt")`;

/** Of later changes the version is a later time, so that no key is used twice, even after old rows were deleted. */
const NOW_IN_US = "(extract(epoch from clock_timestamp()) * 1000000)::bigint";

/** Clerk's time: if a backup of the database is restored, the key of a user's `user.created` is still the same. */
const creation = (row: string) => `(extract(epoch from ${row}."createdAt") * 1000)::bigint`;

const dueAfterDelay = `clock_timestamp() + t."delayMs" * interval '1 ms'`;

/** Several changes before a delivery become one, which is due when the first was. */
const mergeIntoPending = `on conflict (type, "userId") do update set
    version = greatest(e.version + 1, excluded.version), "occurredAt" = excluded."occurredAt",
    "runAt" = case when e."doneVersion" is distinct from e.version and e.attempts = 0 then e."runAt" else excluded."runAt" end,
    attempts = 0, "deadAt" = null, "lastError" = null
  where e.type <> 'user.created'`;

const isNew = (row: string) =>
  `t.type = 'user.created' and ${row}."createdAt" > greatest(t.since, statement_timestamp() - interval '${CREATED_WITHIN_DAYS} days')`;

/**
 * Adds what the fast path wrote to the outbox. Reads the CTEs `written` (id, "createdAt", known: the user had a row in `ClerkUser`)
 * and `shown` (id: the application's row was inserted or changed).
 *
 * The first sync of a row is no `user.updated`: a first import would report every row that a hand-written sync left outdated.
 */
export const fastEffects = `effects as (
  insert into ${TARGET}
  select t.type, w.id, case t.type when 'user.created' then ${creation("w")} else ${NOW_IN_US} end, clock_timestamp(), ${dueAfterDelay}
  from rollcall."SyncEffectType" t cross join written w
  where ${isNew("w")} or t.type = 'user.updated' and w.known and w.id in (select id from shown)
  order by t.type, w.id
  ${mergeIntoPending}
)`;

/** Adds the users who the slow path recorded. Reads the CTE `written` (id, "createdAt"). */
export const createdEffects = `effects as (
  insert into ${TARGET}
  select t.type, w.id, ${creation("w")}, clock_timestamp(), ${dueAfterDelay}
  from rollcall."SyncEffectType" t cross join written w where ${isNew("w")} order by w.id
  on conflict do nothing
)`;

/**
 * Adds the users who became tombstones. Reads the CTEs `tombstoned` (id) and `previous` (id, known: the application has a row,
 * recorded and dead: the user had a row in `ClerkUser`, or a tombstone).
 */
export const deletedEffects = `effects as (
  insert into ${TARGET}
  select t.type, d.id, ${NOW_IN_US}, clock_timestamp(), ${dueAfterDelay}
  from rollcall."SyncEffectType" t cross join tombstoned d join previous p on p.id = d.id
  where t.type = 'user.deleted' and (p.recorded or p.known) and not p.dead order by d.id
  ${mergeIntoPending}
)`;

/** Takes back what waits to report a deletion that was lifted. Reads the CTE `lifted` (id). */
export const takeBackDeletedEffect = `taken_back as (
  delete from rollcall."SyncEffect" where type = 'user.deleted' and "userId" in (select id from lifted)
    and "doneVersion" is distinct from version
)`;

/**
 * What the rows show before the slow path changes them, as a digest: those of the users, '' without a row, and those that show
 * one of the addresses. Locks them. Nothing if no process handles `user.updated`. Parameters: the addresses, and the users.
 */
export function shownBeforeStatement(tables: ApplicationTables): string {
  const { users, key, email, shownBy, isClerks } = names(tables);
  return `select a.id, coalesce(u.shown, '') as shown from (
  select h.${key} as id from ${users} h where h.${email} = any($1::text[]) and ${isClerks("h")}
  union select unnest($2::text[]) order by id
) a
left join lateral (
  select md5(${shownBy("u")}::text) as shown from ${users} u where u.${key} = a.id limit 1 for no key update
) u on true
where exists (select from rollcall."SyncEffectType" where type = 'user.updated')`;
}

/** Adds the users whose rows now show something else. Parameters: their ids, and what they showed, as `shownBeforeStatement` read it. */
export function updatedEffectsStatement(tables: ApplicationTables): string {
  const { users, key, shownBy } = names(tables);
  return `insert into ${TARGET}
select t.type, b.id, ${NOW_IN_US}, clock_timestamp(), ${dueAfterDelay}
from rollcall."SyncEffectType" t cross join unnest($1::text[], $2::text[]) as b (id, shown)
cross join lateral (select from ${users} u where u.${key} = b.id and md5(${shownBy("u")}::text) <> b.shown limit 1) u
cross join lateral (select from rollcall."ClerkUser" c where c.id = b.id and c."deletedAt" is null limit 1) c
where t.type = 'user.updated' order by b.id
${mergeIntoPending}`;
}
