import { UNDER_WAY } from "./fragments.ts";

// A page takes seconds, and a pause is stored as such: after this long, no worker is running, or none can work.
const STALLS_AFTER = "15 minutes";
// With daily full runs, one was missed. Without any full run, none is missed.
const OVERDUE_AFTER = "48 hours";

/**
 * Whether a person should look at the runs: the newest has failed, one waits for a confirmation, one has not moved for 15 minutes
 * and is not paused, or the last full run ended more than 48 hours ago. A subquery of one value.
 */
export const runsHealthQuery = `(
  -- Otherwise all runs of 90 days are copied first, and the copy is read four times.
  with runs as not materialized (
    select * from rollcall."SyncRun"
    where not "dryRun"
      and ("instanceId" is null or "instanceId" = (select id from rollcall."ClerkInstance"))
  ), newest as (
    select * from runs
    order by "startedAt" desc
    limit 1
  ), stalled as (
    select from runs r
    where ${UNDER_WAY}
      and coalesce("pausedUntil" <= clock_timestamp(), true)
      and not exists (
        select from rollcall."SyncWindow"
        where "runId" = r.id
          and "movedAt" > clock_timestamp() - interval '${STALLS_AFTER}'
      )
  ), last_full as (
    select max("endedAt") as "endedAt" from runs
    where state = 'done'
      and kind = 'full'
  )
  select case
    when exists (select from newest where state = 'failed') then 'failed'
    when exists (select from stalled) then 'stalled'
    when exists (select from runs where state = 'awaiting_confirmation') then 'awaiting_confirmation'
    when (select "endedAt" from last_full) < clock_timestamp() - interval '${OVERDUE_AFTER}' then 'overdue'
    else 'ok'
  end
)`;
