// Without a limit the runs would pile up: an hourly schedule makes 9,000 a year.
const KEPT = "90 days";

export const deleteOldRuns = `delete from rollcall."SyncRun"
where "startedAt" < clock_timestamp() - interval '${KEPT}'`;

/** Parameters: id, kind, dry run, who started it, confirmed. */
export const insertRunRow = `insert into rollcall."SyncRun"
  (id, kind, "dryRun", state, "startedBy", confirmed, "startedAt", "instanceId")
values
  ($1::uuid, $2::text::rollcall."RunKind", $3::boolean, 'planned', $4::text, $5::boolean, clock_timestamp(), (select id from rollcall."ClerkInstance"))`;

/** Parameters: the run and the window's position. */
export const insertFirstWindow = `insert into rollcall."SyncWindow" ("runId", number, position, "movedAt")
values ($1::uuid, 0, $2::text::jsonb, clock_timestamp())`;
