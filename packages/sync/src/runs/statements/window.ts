import { unlessFrozen } from "../../database/database.ts";
import { countColumns, pausedForMs, setCounters, UNDER_WAY } from "./fragments.ts";

/** An open window of a run in progress. Parameters: the run and the window's number. */
export const openWindow = `select
  w."runId",
  w.number,
  w.position,
  w.checkpoint,
  w.attempts,
  json_build_object(${countColumns("w")}) as counts,
  w."lastError",
  r.kind::text as kind,
  r."dryRun",
  r."instanceId",
  ${pausedForMs("r")} as "pausedForMs"
from rollcall."SyncWindow" w join rollcall."SyncRun" r on r.id = w."runId"
where w."runId" = $1::uuid
  and w.number = $2::int
  and w."endedAt" is null
  and r.${UNDER_WAY}`;

// Compare-and-set: a window that another worker has moved stays unchanged.
const IF_UNMOVED = `where "runId" = $1::uuid
  and number = $2::int
  and checkpoint = $3::int
  and "endedAt" is null`;

/** Parameters: the run, the window's number and its checkpoint. */
export const countAttempt = `update rollcall."SyncWindow" set attempts = attempts + 1
${IF_UNMOVED}
returning attempts`;

/** The next job continues the window: this attempt does not count. Parameters: as `countAttempt`, and the job. */
export const postponeWindow = `update rollcall."SyncWindow" set
  attempts = greatest(attempts - 1, 0),
  "jobId" = $4::uuid
${IF_UNMOVED}
returning number`;

/** Parameters: as `countAttempt`, the error's code, and how many attempts to take back. */
export const noteError = `update rollcall."SyncWindow" set
  "lastError" = $4::text,
  attempts = greatest(attempts - $5::int, 0)
${IF_UNMOVED}`;

/**
 * Moves a window of a run in progress, by compare-and-set on its checkpoint. Returns no row if another worker was first.
 * Parameters: the run, the window's number, its checkpoint, the position, the next job or null, the errors, whether the window
 * ends, and the counters.
 *
 * @param lock of the run's row: `update` if two windows that end together must take turns
 */
export const moveWindow = (lock: "update" | "share"): string => `with run as (
  select id, "pausedSince", "pausedUntil", ${unlessFrozen}
  from rollcall."SyncRun"
  where id = $1::uuid
    and ${UNDER_WAY}
  for ${lock}
)
update rollcall."SyncWindow" w set
  position = $4::text::jsonb,
  checkpoint = w.checkpoint + 1,
  attempts = 0,
  "lastError" = null,
  "jobId" = coalesce($5::uuid, "jobId"),
  ${setCounters("w", 8)},
  errors = $6::text::jsonb,
  "movedAt" = clock_timestamp(),
  "endedAt" = case when $7::boolean then clock_timestamp() end
from run
where w."runId" = run.id
  and w.number = $2::int
  and w.checkpoint = $3::int
  and w."endedAt" is null
returning
  run."pausedSince" is not null as "wasPaused",
  ${pausedForMs("run")} as "pausedForMs"`;

/** Parameters: the run, the window's number, and how many calls to add. */
export const addClerkCalls = `update rollcall."SyncWindow" set "clerkCalls" = "clerkCalls" + $3::int
where "runId" = $1::uuid
  and number = $2::int`;

/** The open windows of a run in progress, each with its job. Parameter: the run. */
export const openWindows = `select number as window, "jobId"
from rollcall."SyncWindow" w join rollcall."SyncRun" r on r.id = w."runId"
where r.id = $1::uuid
  and r.${UNDER_WAY}
  and w."endedAt" is null`;

/** Gives a window another job, if it still has the old one. Parameters: the run, the window's number, the old and the new job. */
export const replaceJob = `update rollcall."SyncWindow" set "jobId" = $4::uuid
where "runId" = $1::uuid
  and number = $2::int
  and "jobId" is not distinct from $3::uuid
  and "endedAt" is null
returning number`;

/** Parameters: the run and the position. */
export const insertWindow = `insert into rollcall."SyncWindow" ("runId", number, position, "movedAt")
select $1::uuid, max(number) + 1, $2::text::jsonb, clock_timestamp()
from rollcall."SyncWindow"
where "runId" = $1::uuid
returning number`;

/** Parameters: the run, the window's number and the job. */
export const setJob = `update rollcall."SyncWindow" set "jobId" = $3::uuid
where "runId" = $1::uuid
  and number = $2::int`;
