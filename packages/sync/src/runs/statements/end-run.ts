import { UNDER_WAY } from "./fragments.ts";

/** Parameters: the run, the failed window and the error's code. */
export const failActiveRun = `update rollcall."SyncRun" set
  state = 'failed',
  "failureCode" = $3::text,
  "failedWindow" = $2::int,
  "endedAt" = clock_timestamp()
where id = $1::uuid
  and ${UNDER_WAY}
returning id`;

const cancelRuns = (condition: string): string => `with run as (
  update rollcall."SyncRun" set
    state = 'cancelled',
    "endedAt" = clock_timestamp()
  where ${condition}
  returning id
), candidates as (
  delete from rollcall."SyncCandidate" using run
  where "runId" = run.id
)
select id from run`;

/** Parameter: the run. */
export const cancelRun = cancelRuns(`id = $1::uuid and (${UNDER_WAY} or state = 'awaiting_confirmation')`);
/** Every run that has not ended. */
export const cancelOpenRuns = cancelRuns(`${UNDER_WAY} or state = 'awaiting_confirmation'`);
export const cancelDryRuns = cancelRuns(`${UNDER_WAY} and "dryRun"`);
export const cancelWaitingRuns = cancelRuns(`state = 'awaiting_confirmation'`);

/** The remaining candidates are the missing users. Parameters: the run, its state, and whether it looked for them. */
export const endRun = `update rollcall."SyncRun" r set
  state = $2::text::rollcall."RunState",
  "endedAt" = clock_timestamp(),
  missing = case when $3::boolean then (select count(*)::int from rollcall."SyncCandidate" where "runId" = r.id) end
where id = $1::uuid`;

/** Parameter: the run. */
export const deleteCandidates = `delete from rollcall."SyncCandidate" where "runId" = $1::uuid`;
