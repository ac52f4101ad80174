import { z } from "zod/v4";
import { UNDER_WAY } from "./statements/fragments.ts";

/** How the runs stand, where nobody looks at them. */
export const runsHealth = z.enum(["ok", "stalled", "awaiting_confirmation", "failed", "overdue"]);
export type RunsHealth = z.infer<typeof runsHealth>;

// A page takes seconds, and a pause of Clerk's is known as such: after so long nobody works on the run, or nobody can.
const STALLS_AFTER = "15 minutes";
// Where full runs come daily, one of them has been missed. Where none was ever done, none is missed.
const OVERDUE_AFTER = "48 hours";

/**
 * Whether somebody should look at the runs: the newest has failed, one waits for a confirmation, one has not moved for
 * 15 minutes and is not paused, or the last full run ended more than 48 hours ago. A subquery of one value.
 */
export const runsHealthQuery = `(
  with runs as (
    select * from rollcall."SyncRun" where not "dryRun" and ("instanceId" is null or "instanceId" = (select id from rollcall."ClerkInstance"))
  ), newest as (
    select * from runs order by "startedAt" desc limit 1
  )
  select case
    when exists (select from newest where state = 'failed') then 'failed'
    when exists (
      select from runs r where ${UNDER_WAY} and coalesce("pausedUntil" <= clock_timestamp(), true)
        and not exists (select from rollcall."SyncWindow" where "runId" = r.id and "movedAt" > clock_timestamp() - interval '${STALLS_AFTER}')
    ) then 'stalled'
    when exists (select from runs where state = 'awaiting_confirmation') then 'awaiting_confirmation'
    when (select max("endedAt") from runs where state = 'done' and kind = 'full') < clock_timestamp() - interval '${OVERDUE_AFTER}' then 'overdue'
    else 'ok'
  end
)`;
