import { z } from "zod/v4";
import type { ClerkApi } from "../clerk/clerk-api.ts";
import { countUsers } from "../clerk/directory.ts";
import type { Database } from "../database/database.ts";
import { ANSWER_MS, within } from "../database/deadline.ts";
import { epoch, ms } from "../database/sql.ts";
import type { ApplicationTables } from "../database/tables.ts";
import { memoizeFor } from "../memoize-for.ts";
import type { RunState } from "../runs/report.ts";
import type { Run } from "../runs/run.ts";
import type { Runs } from "../runs/runs.ts";
import { names } from "../write-path/statements/names.ts";

/** The state of the whole mirror. Unknown values are null. */
export interface DirectoryStatus {
  /** Users at Clerk; null while Clerk does not answer. */
  atClerk: number | null;
  /** Live users in this database. */
  live: number;
  /** Tombstones in this database. */
  deleted: number;
  /** atClerk - live: zero if no user is missing on either side, or equally many on both. */
  netDifference: number | null;
  /** Live users whose address is shown at another user. */
  conflicts: number;
  /** Rows of `User` with a Clerk id, not synced yet. */
  unadopted: number;
  /** The last full run that looked for users missing at Clerk, and how many of them it did not delete. */
  lastCheck: { at: Date; missing: number } | null;
  lastWebhook: { at: Date; type: string; outcome: string } | null;
  lastRun: {
    runId: string;
    state: RunState;
    seen: number;
    total: number | null;
    startedAt: Date;
    endedAt: Date | null;
  } | null;
  /** Deliveries, and changes found by reads, in the last 24 hours, by outcome. */
  events24h: Record<string, number>;
  /** When all of these were counted, in the database's time: a large directory is not counted for each request. */
  countedAt: Date;
}

const countsSchema = z.tuple([
  z.object({
    live: z.number(),
    deleted: z.number(),
    conflicts: z.number(),
    unadopted: z.number(),
    lastWebhook: z.object({ at: epoch, type: z.string(), outcome: z.string() }).nullable(),
    events24h: z.record(z.string(), z.number()),
    countedAt: epoch,
  }),
]);

// A dashboard polls once a second, and counting a million rows takes most of one.
const COUNTED_FOR_MS = 5_000;

/** @returns a function that counts; calls within five seconds share one count */
export function directoryStatus(
  db: Database,
  tables: ApplicationTables,
  clerk: ClerkApi,
  runs: Pick<Runs, "last">,
): () => Promise<DirectoryStatus> {
  const { users, key, email, isClerks } = names(tables);
  const statement = `select
  (select count(*)::float8 from rollcall."ClerkUser" where "deletedAt" is null) as live,
  (select count(*)::float8 from rollcall."ClerkUser" where "deletedAt" is not null) as deleted,
  (select count(*)::float8 from rollcall."ClerkUser" c left join ${users} u on u.${key} = c.id
    where c."deletedAt" is null and c.email is not null and u.${email} is distinct from c.email) as conflicts,
  (select count(*)::float8 from ${users} u where ${isClerks("u")}
    and not exists (select from rollcall."ClerkUser" c where c.id = u.${key})) as unadopted,
  (select json_build_object('at', extract(epoch from "lastSeenAt") * 1000, 'type', type, 'outcome', outcome)
    from rollcall."SyncEvent" where source = 'webhook' order by "lastSeenAt" desc limit 1) as "lastWebhook",
  (select coalesce(json_object_agg(outcome, number), '{}') from (
    select outcome, sum("timesSeen") as number from rollcall."SyncEvent"
    where "lastSeenAt" > statement_timestamp() - interval '24 hours' group by outcome
  ) as events) as "events24h",
  ${ms("statement_timestamp()")} as "countedAt"`;

  async function count(): Promise<Omit<DirectoryStatus, "lastRun" | "lastCheck">> {
    const [rows, atClerk] = await Promise.all([db.query(statement), countUsers(clerk).catch(() => null)]);
    const [counts] = countsSchema.parse(rows);
    return {
      ...counts,
      atClerk,
      netDifference: atClerk === null ? null : atClerk - counts.live,
    };
  }

  const sharedCount = memoizeFor(COUNTED_FOR_MS, () => within(ANSWER_MS, count));
  return async () => {
    const [counts, run, check] = await Promise.all([
      sharedCount(),
      runs.last(),
      runs.last({ kind: "full", states: ["done", "awaiting_confirmation"] }),
    ]);
    return { ...counts, lastRun: run && summary(run), lastCheck: check && found(check) };
  };
}

function found({ report: { missing, tombstoned }, endedAt }: Run): DirectoryStatus["lastCheck"] {
  return endedAt && missing !== null ? { at: endedAt, missing: missing - tombstoned } : null;
}

const summary = ({ report, total, startedAt, endedAt }: Run): NonNullable<DirectoryStatus["lastRun"]> => ({
  runId: report.runId,
  state: report.state,
  seen: report.seen,
  total,
  startedAt,
  endedAt,
});
