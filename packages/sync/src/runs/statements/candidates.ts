import { ms } from "../../database/sql.ts";

// A recently written user may not be in a list yet: Clerk's replicas lag.
const WRITTEN_BEFORE = "1 hour";

/**
 * Users created in a time range that a page did not list become candidates. Parameters: the run, the range in epoch ms (above, up
 * to; null = open), the listed ids, and the instance.
 */
export const insertCandidates = `insert into rollcall."SyncCandidate" ("runId", "userId")
select r.id, c.id
from rollcall."SyncRun" r
join rollcall."ClerkUser" c on c."instanceId" = $5::text
  and c."deletedAt" is null
  and c."createdAt" > coalesce(to_timestamp($2::float8 / 1000), '-infinity')
  and c."createdAt" <= coalesce(to_timestamp($3::float8 / 1000), 'infinity')
  and c."syncedAt" < r."startedAt" - interval '${WRITTEN_BEFORE}'
where r.id = $1::uuid
  and not exists (select from unnest($4::text[]) as listed (id) where listed.id = c.id)
on conflict do nothing`;

/** Parameters: the run and the listed ids. */
export const deleteListedCandidates = `delete from rollcall."SyncCandidate"
where "runId" = $1::uuid
  and "userId" = any($2::text[])`;

/** Parameters: the run, the last id that is done, and how many to read. */
export const nextCandidates = `select
  "userId",
  coalesce(c."deletedBy" = 'webhook', false) as "isDeleted"
from rollcall."SyncCandidate" left join rollcall."ClerkUser" c on c.id = "userId"
where "runId" = $1::uuid
  and "userId" > $2::text
order by "userId"
limit $3::int`;

/**
 * Candidates with what is stored about them. Parameters: the run, the id to continue after, how many to try, the text to look for
 * or null, and how many to return.
 */
export const missingUsers = `with tried as (
  select s."userId" as id, c.email, c.name, ${ms('c."createdAt"')} as "createdAt", ${ms('c."syncedAt"')} as "syncedAt"
  from (
    select "userId" from rollcall."SyncCandidate"
    where "runId" = $1::uuid
      and "userId" > $2::text
    order by "userId"
    limit $3::int
  ) s
  left join lateral (select * from rollcall."ClerkUser" where id = s."userId" limit 1) c on true
)
select
  (select coalesce(json_agg(f order by id), '[]') from (
    select * from tried
    where $4::text is null
      or strpos(lower(concat_ws(' ', id, email, name)), lower($4::text)) > 0
    order by id
    limit $5::int
  ) f) as items,
  (select max(id) from tried having count(*) = $3::int) as "triedUpTo"`;
