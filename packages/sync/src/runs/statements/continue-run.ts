import type { Position } from "../cursors/position.ts";
import { UNDER_WAY } from "./fragments.ts";

// A run that failed within this time resumes where it stopped, and does not read the same pages again.
const RESUMED_WITHIN = "24 hours";
// A run that fails each time it resumes ends for good after this time from its start.
const RESUMED_UP_TO = "7 days";

/** Confirms the deletions of the full run in progress. */
export const confirmActiveRun = `update rollcall."SyncRun" set confirmed = true
where ${UNDER_WAY}
  and not "dryRun"
  and kind = 'full'`;

const missingFromStart: Position = { pass: "missing", after: "" };

/**
 * Confirms a waiting run and opens its last window, if no other run is in progress. The run's state is in the outer condition,
 * because PostgreSQL evaluates that again after it waited for the row's lock: of two simultaneous calls, only one opens the
 * window. Parameter: the run, or null for the newest that waits.
 */
export const confirmWaitingRun = `with run as (
  update rollcall."SyncRun" set
    state = 'running',
    confirmed = true,
    "endedAt" = null
  where state = 'awaiting_confirmation'
    and id = (
      select id from rollcall."SyncRun"
      where state = 'awaiting_confirmation'
        and ($1::uuid is null or id = $1::uuid)
        and not exists (select from rollcall."SyncRun" where ${UNDER_WAY} and not "dryRun")
      order by "startedAt" desc
      limit 1
    )
  returning id
), opened as (
  insert into rollcall."SyncWindow" ("runId", number, position, "movedAt")
  select
    id,
    (select max(number) + 1 from rollcall."SyncWindow" where "runId" = id),
    '${JSON.stringify(missingFromStart)}',
    clock_timestamp()
  from run
)
select id from run`;

/**
 * Resumes the newest run, if it failed a while ago. After an adoption its cursors are useless: they belong to another instance,
 * or point behind users who were released meanwhile. Parameters: the kind, or null for any; whether its deletions are confirmed;
 * and how long ago it must have failed.
 */
export const resumeFailedRun = `with last as (
  select id from rollcall."SyncRun"
  where not "dryRun"
    and ($1::text is null or kind = $1::text::rollcall."RunKind")
  order by "startedAt" desc
  limit 1
), run as (
  update rollcall."SyncRun" r set
    state = case
      when exists (select from rollcall."SyncWindow" where "runId" = r.id and number > 0) then 'running'
      else 'planned'
    end::rollcall."RunState",
    confirmed = confirmed or $2::boolean,
    "endedAt" = null,
    "failureCode" = null,
    "failedWindow" = null,
    "pausedSince" = null,
    "pausedUntil" = null
  from last
  where r.id = last.id
    and r.state = 'failed'
    and r."endedAt" > clock_timestamp() - interval '${RESUMED_WITHIN}'
    and r."startedAt" > clock_timestamp() - interval '${RESUMED_UP_TO}'
    and r."endedAt" <= clock_timestamp() - $3::interval
    and (r."instanceId" is null or exists (
      select from rollcall."ClerkInstance" i where i.id = r."instanceId" and i."adoptedAt" < r."startedAt"
    ))
  returning r.id
), windows as (
  update rollcall."SyncWindow" w set
    attempts = 0,
    "jobId" = null,
    "movedAt" = clock_timestamp()
  from run
  where w."runId" = run.id
    and w."endedAt" is null
)
select id from run`;
