import { ms } from "../../database/sql.ts";

/** Parameters: the run, its instance, total, high-water mark in epoch ms and net difference, null if unknown; incomplete. */
export const updateRun = `update rollcall."SyncRun" set
  state = 'running',
  "instanceId" = coalesce($2::text, "instanceId"),
  total = coalesce($3::int, total),
  mark = coalesce(to_timestamp($4::float8 / 1000), mark),
  "netDifference" = coalesce($5::int, "netDifference"),
  incomplete = incomplete or $6::boolean
where id = $1::uuid`;

/** The state of the whole run. Parameters: the run, and whether to count the live users. */
export const runStanding = `select
  confirmed,
  ${ms("mark")} as mark,
  (select count(*)::int from rollcall."SyncWindow" where "runId" = r.id and "endedAt" is null) as "openWindows",
  (select count(*)::int from rollcall."SyncCandidate" where "runId" = r.id) as candidates,
  case
    when $2::boolean then (
      select count(*)::int from rollcall."ClerkUser" where "deletedAt" is null and "instanceId" = r."instanceId"
    )
    else 0
  end as live,
  exists (select from rollcall."SyncWindow" where "runId" = r.id and created > 0) and not "dryRun" as "hasGrown"
from rollcall."SyncRun" r
where id = $1::uuid`;
