import { ms } from "../../database/sql.ts";
import { UNDER_WAY } from "./fragments.ts";

// Without a limit, a run would wait forever for a quota that others use up, or for a key that is never set.
const LONGEST_TROUBLE = "1 hour";
// Workers return when a pause is over, or their platform restarts them, after five minutes at most. A longer gap means that there
// was no worker. It does not count toward the hour.
const NO_WORKER = "10 minutes";
const SHORTEST_PAUSE_MS = 1_000;
const LONGEST_BACKOFF_MS = 60_000;

const countTrouble = (pauseMs: string): string => `with trouble as (
  select
    id,
    case
      when "pausedUntil" > clock_timestamp() - interval '${NO_WORKER}' then coalesce("pausedSince", clock_timestamp())
      else clock_timestamp()
    end as since
  from rollcall."SyncRun"
  where id = $1::uuid
    and ${UNDER_WAY}
  for update
)
update rollcall."SyncRun" r set
  "pausedSince" = trouble.since,
  "pausedUntil" = greatest("pausedUntil", clock_timestamp() + ${pauseMs} * interval '1 ms')
from trouble
where r.id = trouble.id
returning
  "pausedUntil" - "pausedSince" > interval '${LONGEST_TROUBLE}' as "tooLong",
  greatest(0, ${ms(`"pausedUntil" - clock_timestamp()`)}) as "pausedForMs"`;

/** Pauses a run for about as long as the outage so far. Parameters: the run, and the minimum in ms. */
export const pauseForTrouble = countTrouble(`greatest(
    $2::float8,
    (0.5 + random() / 2)
      * least(${LONGEST_BACKOFF_MS}, greatest(${2 * SHORTEST_PAUSE_MS}, ${ms("clock_timestamp() - trouble.since")}))
  )`);

/** Counts the error without a pause. Parameter: the run. */
export const countTroubleOnly = countTrouble("0");

/** Parameter: the run. */
export const endPause = `update rollcall."SyncRun" set "pausedSince" = null
where id = $1::uuid
  and "pausedSince" is not null`;
