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

// Without a bound the log would outgrow the tables that it describes. Each new entry deletes some old ones.
const KEPT = "30 days";
const PURGED_AT_ONCE = 100;

// clock_timestamp() is volatile, so no index could find the old entries. Concurrent purges take different rows, so that
// they neither wait for nor deadlock with each other.
const statement = prepared(`with purged as (
  delete from rollcall."SyncEvent" where id = any(array(
    select id from rollcall."SyncEvent" where "lastSeenAt" < statement_timestamp() - interval '${KEPT}'
    order by "lastSeenAt" limit ${PURGED_AT_ONCE} for update skip locked
  ))
)
insert into rollcall."SyncEvent" as e (id, source, type, "userId", outcome, code, "firstSeenAt", "lastSeenAt")
values ($1::text, $2::text::rollcall."EventSource", $3::text, $4::text, $5::text, $6::text, clock_timestamp(), clock_timestamp())
on conflict (id) do update set "timesSeen" = e."timesSeen" + 1, "lastSeenAt" = excluded."lastSeenAt"`);

const TYPE_LIMIT = 100; // characters; Clerk's longest is half of that

/** Writes an entry; an existing one only has its counter raised. */
export async function logEvent(db: Database, { id, source, type, userId, outcome, code }: SyncEvent): Promise<void> {
  const shortType = type.replaceAll("\u0000", "").slice(0, TYPE_LIMIT);
  await withSpan("postgres event", {}, () => db.query(statement, [id, source, shortType, userId, outcome, code]));
}
