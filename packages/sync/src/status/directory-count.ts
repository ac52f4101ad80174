import { z } from "zod/v4";
import type { Database } from "../database/database.ts";
import { ANSWER_MS, within } from "../database/deadline.ts";
import { epoch, ms } from "../database/sql.ts";
import type { ApplicationTables } from "../database/tables.ts";
import { type Logger, logFault } from "../logger.ts";
import { memoizeFor } from "../memoize-for.ts";
import { names } from "../write-path/statements/names.ts";

/** What is counted about a whole directory. */
export interface DirectoryCount {
  live: number;
  deleted: number;
  conflicts: number;
  unadopted: number;
  /** The first 1,000 users in conflict, and the first 1,000 never synced, by id. */
  conflictIds: string[];
  unadoptedIds: string[];
  /** The events of the last 24 hours before `countedAt`: how many hours before (0 to 23), their outcome and their number. */
  events: { hoursAgo: number; outcome: string; number: number }[];
  /** In the database's time. */
  countedAt: Date;
}

const countsSchema = z.object({
  live: z.number(),
  deleted: z.number(),
  conflicts: z.number(),
  unadopted: z.number(),
  conflictIds: z.array(z.string()),
  unadoptedIds: z.array(z.string()),
  events: z.array(z.object({ hoursAgo: z.number(), outcome: z.string(), number: z.number() })),
});
const countRows = z.tuple([z.object({ counts: countsSchema, countedAt: epoch })]);
const storedRows = z.array(
  z.object({ counts: countsSchema, countedAt: epoch, ageMs: z.number(), tookMs: z.number(), isClaimed: z.boolean() }),
);

const LISTED = 1_000;
// A dashboard polls once a second.
const SHARED_MS = 5_000;
// A directory of fewer users is counted in some 50 ms: for each request, and its numbers are not stored.
const LARGE = 50_000;
// Counting may take a twentieth of one connection's time.
const REST = 20;
// Older numbers say little: then the request waits for new ones.
const OLD_MS = 10 * 60_000;
// A process that counts for longer was stopped.
const CLAIMED_FOR = "2 minutes";

/** One pass over both tables for the users that differ, so that the regular expression is tried on those alone. */
function countStatement(tables: ApplicationTables): string {
  const { users, key, shownEmail, isClerks } = names(tables);
  const ids = (kind: string) =>
    `(select coalesce(json_agg(id), '[]') from (select id from found where kind = '${kind}' order by id collate "C" limit ${LISTED}) f)`;
  return `with found as materialized (
  select coalesce(c.id, u.${key}) as id, case when c.id is null then 'unadopted' else 'conflict' end as kind
  from rollcall."ClerkUser" c full join ${users} u on u.${key} = c.id
  where (c.id is null and ${isClerks("u")})
    or (c."deletedAt" is null and c.email is not null and ${shownEmail("u")} is distinct from c.email)
), events as (
  select floor(extract(epoch from statement_timestamp() - "lastSeenAt") / 3600)::int as "hoursAgo", outcome,
    sum("timesSeen")::float8 as number
  from rollcall."SyncEvent"
  where "lastSeenAt" > statement_timestamp() - interval '24 hours'
  group by 1, 2
)
select json_build_object(
  'live', (select count(*) from rollcall."ClerkUser" where "deletedAt" is null),
  'deleted', (select count(*) from rollcall."ClerkUser" where "deletedAt" is not null),
  'conflicts', (select count(*) from found where kind = 'conflict'),
  'unadopted', (select count(*) from found where kind = 'unadopted'),
  'conflictIds', ${ids("conflict")},
  'unadoptedIds', ${ids("unadopted")},
  'events', (select coalesce(json_agg(e), '[]') from (
    select least(greatest("hoursAgo", 0), 23) as "hoursAgo", outcome, number from events
  ) e)
) as counts, ${ms("statement_timestamp()")} as "countedAt"`;
}

const readStatement = `select counts, ${ms('"countedAt"')} as "countedAt", "tookMs",
  ${ms('clock_timestamp() - "countedAt"')} as "ageMs",
  coalesce("claimedAt" > clock_timestamp() - interval '${CLAIMED_FOR}', false) as "isClaimed"
from rollcall."DirectoryCount"`;

const claimStatement = `update rollcall."DirectoryCount" set "claimedAt" = clock_timestamp()
where coalesce("claimedAt" <= clock_timestamp() - interval '${CLAIMED_FOR}', true)
returning id`;

/** Parameters: the counts, when they were counted in epoch ms, and how long that took in ms. */
const storeStatement = `insert into rollcall."DirectoryCount" as d (counts, "countedAt", "tookMs")
values ($1::text::jsonb, to_timestamp($2::float8 / 1000), $3::int)
on conflict (id) do update set counts = excluded.counts, "countedAt" = excluded."countedAt", "tookMs" = excluded."tookMs", "claimedAt" = null
where d."countedAt" < excluded."countedAt"`;

const clearStatement = `delete from rollcall."DirectoryCount"`;

/**
 * Counts a small directory for each call, at most once in 5 s. A large one takes seconds: its numbers are stored, one process
 * counts again when they are older than twenty times as long as that takes, and meanwhile every call is answered with them. Only if
 * no one asked for ten minutes does a call wait. `countedAt` says of when the numbers are.
 *
 * @returns a function that throws SyncError DATABASE_UNREACHABLE after 10 s, and DatabaseError
 */
export function directoryCounter(
  db: Database,
  tables: ApplicationTables,
  logger: Logger,
): () => Promise<DirectoryCount> {
  const statement = countStatement(tables);

  async function count(isStored: boolean): Promise<DirectoryCount> {
    const startedAt = performance.now();
    const [{ counts, countedAt }] = countRows.parse(await db.query(statement));
    const tookMs = Math.round(performance.now() - startedAt);
    const isLarge = counts.live + counts.deleted >= LARGE;
    const keep = async () => {
      if (isLarge) await db.query(storeStatement, [JSON.stringify(counts), countedAt.getTime(), tookMs]);
      else if (isStored) await db.query(clearStatement);
    };
    await keep().catch(() => {}); // a database that takes no writes is counted each time
    return { ...counts, countedAt };
  }

  // A caller that stops waiting does not stop the count: the next one joins it.
  let counting: Promise<DirectoryCount> | undefined;
  const countOnce = (isStored: boolean): Promise<DirectoryCount> => {
    counting ??= count(isStored).finally(() => {
      counting = undefined;
    });
    return counting;
  };

  return memoizeFor(SHARED_MS, () =>
    within(ANSWER_MS, async () => {
      const [stored] = storedRows.parse(await db.query(readStatement));
      if (!stored || stored.ageMs > OLD_MS) return countOnce(stored !== undefined);
      const { counts, countedAt, ageMs, tookMs, isClaimed } = stored;
      const isDue = ageMs > Math.max(SHARED_MS, REST * tookMs);
      if (isDue && !isClaimed && (await db.query(claimStatement)).length > 0) {
        countOnce(true).catch((error: unknown) =>
          logFault(logger, { event: "count_failed" }, error, "could not count the directory"),
        );
      }
      return { ...counts, countedAt };
    }),
  );
}
