import { z } from "zod/v4";
import type { Database } from "../database/database.ts";
import { epoch, ms } from "../database/sql.ts";
import { cutPage, readCursor, timePlace } from "../page-cursor.ts";
import { isOfKind, kinds } from "./event-kinds.ts";
import type { SyncEvent } from "./event-log.ts";
import type { EventOutcome } from "./event-outcomes.ts";

/** An entry of the log. */
export interface LoggedEvent extends SyncEvent {
  /** Deliveries of the same event. */
  timesSeen: number;
  firstSeenAt: Date;
  lastSeenAt: Date;
}

export interface EventFilter {
  source?: SyncEvent["source"] | undefined;
  /** Clerk's event type, such as `user.updated`. */
  type?: string | undefined;
  outcome?: EventOutcome | undefined;
  userId?: string | undefined;
}

/** Latest first. */
export interface EventPage {
  items: LoggedEvent[];
  /** For the next page; null if there is none. */
  nextCursor: string | null;
}

export interface EventsAsked extends EventFilter {
  /** `nextCursor` of the previous page. */
  cursor: string | null;
  limit: number;
}

const columns = `e.id, e.source::text as source, e.type, e."userId", e.outcome, e.code, e."timesSeen",
  ${ms(`e."firstSeenAt"`)} as "firstSeenAt", ${ms(`e."lastSeenAt"`)} as "lastSeenAt"`;

const eventRows = z.array(
  z.object({
    id: z.string(),
    source: z.enum(["webhook", "read"]),
    type: z.string(),
    userId: z.string().nullable(),
    outcome: z.string(),
    code: z.string().nullable(),
    timesSeen: z.number(),
    firstSeenAt: epoch,
    lastSeenAt: epoch,
  }),
);

// Parameters of all statements: the place to continue from (epoch ms and id, or null), the number of events, and what to filter by.
const isAfterCursor = `(e."lastSeenAt", e.id) < (coalesce(to_timestamp($1::float8 / 1000), 'infinity'), coalesce($2::text, ''))`;
const newest = `order by e."lastSeenAt" desc, e.id desc limit $3::int`;

const all = `select ${columns} from rollcall."SyncEvent" e where ${isAfterCursor} ${newest}`;

/** By source, outcome and type: each kind's newest events, then the newest of those. */
const byKind = `with recursive ${kinds}
select ${columns} from kinds k
cross join lateral (
  select * from rollcall."SyncEvent" e where ${isOfKind("e", "k")} and ${isAfterCursor} ${newest}
) e
where k.source::text = coalesce($4::text, k.source::text)
  and k.outcome = coalesce($5::text, k.outcome)
  and k.type = coalesce($6::text, k.type)
${newest}`;

const ofUser = `select ${columns} from rollcall."SyncEvent" e
where e."userId" = $7::text
  and ${isAfterCursor}
  and e.source::text = coalesce($4::text, e.source::text)
  and e.outcome = coalesce($5::text, e.outcome)
  and e.type = coalesce($6::text, e.type)
${newest}`;

/**
 * A page of the log. Reads about as many rows as the page has, whatever the filter and the size of the log.
 *
 * @returns null if the cursor is not one of this list's
 * @throws DatabaseError
 */
export async function listEvents(
  db: Database,
  { source, type, outcome, userId, cursor, limit }: EventsAsked,
): Promise<EventPage | null> {
  const after = cursor === null ? [null, null] : readCursor(timePlace, cursor);
  if (!after) return null;
  const filter = [source ?? null, outcome ?? null, type ?? null];
  const rows = await query(db, userId, filter, [...after, limit + 1]);
  return cutPage(eventRows.parse(rows), limit, ({ id, lastSeenAt }) => [lastSeenAt.getTime(), id]);
}

function query(db: Database, userId: string | undefined, filter: (string | null)[], page: unknown[]) {
  if (userId !== undefined) return db.query(ofUser, [...page, ...filter, userId]);
  return filter.some((value) => value !== null) ? db.query(byKind, [...page, ...filter]) : db.query(all, page);
}
