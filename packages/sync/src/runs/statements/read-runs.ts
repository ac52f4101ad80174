import { ms } from "../../database/sql.ts";
import { UNDER_WAY } from "./fragments.ts";
import { selectRuns } from "./run-columns.ts";

/** Parameter: the run. */
export const runById = selectRuns(`where r.id = $1::uuid`);

/** The run in progress; dry runs excluded. */
export const activeRun = selectRuns(`where ${UNDER_WAY} and not "dryRun"`);

/** Newest first. Parameters: the last run seen, or null; and how many. */
export const runsBefore = selectRuns(`where $1::uuid is null
  or (r."startedAt", r.id) < (select "startedAt", id from rollcall."SyncRun" where id = $1::uuid)
order by r."startedAt" desc, r.id desc
limit $2::int`);

/** The newest run of this instance that is not a dry run. Parameters: its kind and its states, or null for any. */
export const lastRun = selectRuns(`where not "dryRun"
  and ("instanceId" is null or "instanceId" = (select id from rollcall."ClerkInstance"))
  and ($1::text is null or kind = $1::text::rollcall."RunKind")
  and ($2::text[] is null or state = any($2::text[]::rollcall."RunState"[]))
order by r."startedAt" desc
limit 1`);

/** The high-water mark of the newest run of this instance that has read all changes. */
export const latestMark = `select ${ms(`(
  select mark from rollcall."SyncRun"
  where state in ('done', 'awaiting_confirmation')
    and not "dryRun"
    and mark is not null
    and "instanceId" = (select id from rollcall."ClerkInstance")
  order by "startedAt" desc
  limit 1
)`)} as mark`;
