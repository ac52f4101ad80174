import type { Queries } from "../database/database.ts";
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

/** A verified delivery of Clerk's webhook, as the log knows it. */
export interface Delivery {
  /** `svix-id`: equal for each attempt. */
  id: string;
  type: string;
}

/** Inserts an entry; of an existing one only the counter is raised. `row` selects id, source, type, "userId", outcome and code. */
export const insertEntry = (row: string): string =>
  `insert into rollcall."SyncEvent" as e (id, source, type, "userId", outcome, code, "firstSeenAt", "lastSeenAt")
select *, clock_timestamp(), clock_timestamp() from (${row}) as entry
on conflict (id) do update set "timesSeen" = e."timesSeen" + 1, "lastSeenAt" = excluded."lastSeenAt"`;

const insertStatement = prepared(
  insertEntry(`select $1::text, $2::text::rollcall."EventSource", $3::text, $4::text, $5::text, $6::text`),
);

// Without a bound the log would outgrow the tables that it describes. One entry in twenty deletes a hundred old ones: five times as
// many as come.
const KEPT = "30 days";
const PURGES = 1 / 20;
const PURGED_AT_ONCE = 100;

// clock_timestamp() is volatile, so no index could find the old entries. Concurrent purges take different rows, so that
// they neither wait for nor deadlock with each other. Not prepared: a plan that was made for an empty log reads all of a full one.
const purgeStatement = `delete from rollcall."SyncEvent" where id = any(array(
  select id from rollcall."SyncEvent" where "lastSeenAt" < statement_timestamp() - interval '${KEPT}'
  order by "lastSeenAt" limit ${PURGED_AT_ONCE} for update skip locked
))`;

const TYPE_LIMIT = 100; // characters; Clerk's longest is half of that

/** A type as the log can store it. */
export const shortType = (type: string): string => type.replaceAll("\u0000", "").slice(0, TYPE_LIMIT);

/** Writes an entry; an existing one only has its counter raised. */
export async function logEvent(db: Queries, { id, source, type, userId, outcome, code }: SyncEvent): Promise<void> {
  await withSpan("postgres event", {}, () =>
    db.query(insertStatement, [id, source, shortType(type), userId, outcome, code]),
  );
  await purgeSometimes(db);
}

/** Call it after each entry. */
export async function purgeSometimes(db: Queries): Promise<void> {
  if (Math.random() < PURGES) await purgeEvents(db);
}

/** Deletes up to a hundred entries that are older than thirty days. */
export async function purgeEvents(db: Queries): Promise<void> {
  await db.query(purgeStatement, []);
}
