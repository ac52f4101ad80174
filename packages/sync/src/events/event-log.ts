import type { Database } from "../database/database.ts";
import { prepared } from "../database/prepared.ts";
import { withSpan } from "../tracing.ts";

/** A log entry: only ids, types and codes. */
export interface SyncEvent {
  id: string;
  source: "webhook" | "read";
  type: string;
  userId: string | null;
  outcome: string;
  code: string | null;
}

const insert = `insert into rollcall."SyncEvent" as e (id, source, type, "userId", outcome, code, "firstSeenAt", "lastSeenAt")
values ($1::text, $2::text::rollcall."EventSource", $3::text, $4::text, $5::text, $6::text, clock_timestamp(), clock_timestamp())
on conflict (id) do update set "timesSeen" = e."timesSeen" + 1, "lastSeenAt" = excluded."lastSeenAt"`;
const insertStatement = prepared(insert);

// Without a bound the log would outgrow the tables that it describes. One entry in twenty deletes a hundred old ones: five times as
// many as come.
const KEPT = "30 days";
const PURGES = 1 / 20;
const PURGED_AT_ONCE = 100;

// clock_timestamp() is volatile, so no index could find the old entries. Concurrent purges take different rows, so that
// they neither wait for nor deadlock with each other. Not prepared: a plan that was made for an empty log reads all of a full one.
const purgingStatement = `with purged as (
  delete from rollcall."SyncEvent" where id = any(array(
    select id from rollcall."SyncEvent" where "lastSeenAt" < statement_timestamp() - interval '${KEPT}'
    order by "lastSeenAt" limit ${PURGED_AT_ONCE} for update skip locked
  ))
)
${insert}`;

const TYPE_LIMIT = 100; // characters; Clerk's longest is half of that

/**
 * Writes an entry; an existing one only has its counter raised.
 *
 * @param options.purges whether it also deletes entries older than 30 days; by default one call in twenty does
 */
export async function logEvent(
  db: Database,
  { id, source, type, userId, outcome, code }: SyncEvent,
  { purges = Math.random() < PURGES } = {},
): Promise<void> {
  const shortType = type.replaceAll("\u0000", "").slice(0, TYPE_LIMIT);
  await withSpan("postgres event", {}, () =>
    db.query(purges ? purgingStatement : insertStatement, [id, source, shortType, userId, outcome, code]),
  );
}
