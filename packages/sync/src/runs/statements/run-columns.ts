import { ms } from "../../database/sql.ts";
import { countColumns, pausedForMs } from "./fragments.ts";

const windowFields = `json_build_object(
    'number', w.number,
    'attempts', w.attempts,
    'lastError', w."lastError",
    'endedAt', ${ms(`w."endedAt"`)},
    ${countColumns("w")},
    'pass', p.pass,
    'from', coalesce(p.walk->'lo', p.changes->'downTo'),
    'to', case when p.walk->'isLast' = 'false' then p.walk->'hi' end,
    'at', coalesce(p.walk#>'{cursor,createdAt}', p.changes#>'{lowest,at}')
  )`;

// A position contains the ids of all users created in one millisecond, perhaps of the whole directory: it is read once, and the
// ids never leave the database.
const POSITION_ONCE = "lateral jsonb_to_record(w.position) as p (pass jsonb, walk jsonb, changes jsonb)";

/** A run's identity and result, for the reports and for the log. */
export const summaryColumns = (run: string): string => `${run}.kind::text as kind,
  ${run}."dryRun",
  ${run}.state::text as state,
  ${run}."startedBy",
  ${run}.total,
  ${run}.missing`;

const runColumns = `r.id,
  ${summaryColumns("r")},
  r."netDifference",
  r.incomplete,
  r.confirmed,
  r."failureCode",
  r."failedWindow",
  ${ms(`case when r."pausedUntil" > clock_timestamp() then r."pausedUntil" end`)} as "pausedUntil",
  ${pausedForMs("r")} as "pausedForMs",
  ${ms(`r."startedAt"`)} as "startedAt",
  ${ms(`r."endedAt"`)} as "endedAt",
  round(${ms(`coalesce(r."endedAt", clock_timestamp()) - r."startedAt"`)}) as "durationMs",
  (select ${ms(`clock_timestamp() - max("movedAt")`)} from rollcall."SyncWindow" where "runId" = r.id) as "silentMs",
  (select json_agg(${windowFields} order by w.number)
    from rollcall."SyncWindow" w, ${POSITION_ONCE}
    where w."runId" = r.id) as windows`;

/** Runs `r` with their windows, for `readRuns`. */
export const selectRuns = (clauses: string): string => `select ${runColumns}
from rollcall."SyncRun" r
${clauses}`;
