import { pendingMigrations } from "@rollcall/migrations";
import { z } from "zod/v4";
import type { ClerkStatus } from "../clerk/clerk-status.ts";
import { clockFault } from "../clerk/clock.ts";
import type { Database } from "../database/database.ts";
import { readDatabaseError } from "../database/database-error.ts";
import { PAGE_MS, within } from "../database/deadline.ts";
import type { ApplicationTables } from "../database/tables.ts";
import { isOfKind, kinds } from "../events/event-kinds.ts";
import { memoizeFor } from "../memoize-for.ts";
import { type RunsHealth, runsHealth } from "../runs/run-health.ts";
import { runsHealthQuery } from "../runs/statements/run-health.ts";
import { SyncError, type SyncErrorCode } from "../sync-error.ts";
import { checkTables } from "../write-path/check-tables.ts";
import type { Disk } from "../write-path/disk.ts";

type Status = "ok" | "degraded" | "down";

export interface Health {
  /** degraded: it works, but needs attention. down: the database does not answer. */
  status: Status;
  /**
   * down: no answer within 3 s. no_tables: Rollcall's tables are missing, or this user may not read them.
   * schema_mismatch: Rollcall's tables are of an older version, or the application's cannot be written.
   * read_only: it accepts no writes, like a replica. full: the last write found no space.
   */
  database: "ok" | "down" | "no_tables" | "schema_mismatch" | "read_only" | "full";
  /**
   * What Clerk answers to this process's key. INSTANCE_REFUSED: the key belongs to another instance than the one that the
   * database mirrors. clock_differs: this machine's clock and Clerk's are more than 20 s apart.
   */
  clerk: "ok" | "clock_differs" | SyncErrorCode;
  webhook: { lastAt: Date | null; ageSeconds: number | null };
  /** null if the database does not answer. */
  runs: RunsHealth | null;
}

/** Everything that was checked. */
interface Seen {
  database: Health["database"];
  clerk: Health["clerk"];
  /** Deliveries of the last 24 hours that could not be used; 1,000 may be more. */
  unusable: number;
  /** Changes that reads found, and that the webhook should have delivered since its last delivery; 1,000 may be more. */
  overdue: number;
  runs: RunsHealth | null;
}

// One overdue change may be a delivery still on its way; several mean that the webhook is broken, not quiet.
export const OVERDUE_FINDS = 3;

/** The status of each part: the worst one counts. */
const checks: Record<string, (seen: Seen) => Status> = {
  database: ({ database }) => (database === "ok" || database === "down" ? database : "degraded"),
  clerk: ({ clerk }) => (clerk === "ok" ? "ok" : "degraded"),
  "usable deliveries": ({ unusable }) => (unusable === 0 ? "ok" : "degraded"),
  "deliveries at all": ({ overdue }) => (overdue < OVERDUE_FINDS ? "ok" : "degraded"),
  runs: ({ runs }) => (runs === null || runs === "ok" ? "ok" : "degraded"),
};

const WORST_FIRST = ["down", "degraded"] as const;

function statusOf(seen: Seen): Status {
  const found = Object.values(checks).map((check) => check(seen));
  return WORST_FIRST.find((status) => found.includes(status)) ?? "ok";
}

// Each count reads the newest events of their kinds alone. The bounds are stable functions, so that an index is used.
const COUNTED = 1_000;
const countOf = (which: string, since: string): string => `(
  select count(*)::float8 from (
    select from kinds k
    cross join lateral (
      select from rollcall."SyncEvent" e where ${isOfKind("e", "k")} and e."lastSeenAt" > ${since} limit ${COUNTED}
    ) e
    where ${which}
    limit ${COUNTED}
  ) as newest
)`;

// A delivery from another instance does not show that this one's arrive.
const statement = `with recursive ${kinds}, last as (
  select max(e."lastSeenAt") as at from kinds k
  cross join lateral (
    select "lastSeenAt" from rollcall."SyncEvent" e where ${isOfKind("e", "k")} order by "lastSeenAt" desc limit 1
  ) e
  where k.source = 'webhook' and k.outcome <> 'refused'
)
select (extract(epoch from last.at) * 1000)::float8 as "lastAt",
  (select id from rollcall."ClerkInstance") as active,
  current_setting('transaction_read_only')::boolean as "readOnly",
  floor(extract(epoch from statement_timestamp() - last.at))::float8 as "ageSeconds",
  ${countOf(`k.source = 'webhook' and k.outcome = 'failed'`, `statement_timestamp() - interval '24 hours'`)} as unusable,
  ${countOf(`k.source = 'read'`, `greatest(last.at, statement_timestamp() - interval '24 hours')`)} as overdue,
  ${runsHealthQuery} as runs
from last`;

const rowsSchema = z.tuple([
  z.object({
    lastAt: z.number().nullable(),
    ageSeconds: z.number().nullable(),
    active: z.string().nullable(),
    readOnly: z.boolean(),
    unusable: z.number(),
    overdue: z.number(),
    runs: runsHealth,
  }),
]);
type Row = z.infer<typeof rowsSchema>[0];

/** What the database answered, or why there is no answer. */
type Reading = Row | "down" | "no_tables";

/** What the database says about deliveries and runs. Never throws; answers within 3 s. */
export async function readDatabase(db: Database): Promise<Reading> {
  try {
    return rowsSchema.parse(await within(PAGE_MS, () => db.query(statement)))[0];
  } catch (error) {
    return readDatabaseError(error)?.kind === "schema" ? "no_tables" : "down";
  }
}

/** Whether the tables are those that this version writes. If they cannot be read, another part reports it. */
async function isSchemaRight(db: Database, tables: ApplicationTables): Promise<boolean> {
  try {
    return await within(PAGE_MS, async () => {
      await checkTables(db, tables);
      return (await pendingMigrations((text) => db.query(text))).length === 0;
    });
  } catch (error) {
    return !(error instanceof SyncError) || error.code !== "SCHEMA_MISMATCH";
  }
}

// A monitor, a load balancer and a stranger may all ask together, and counting a busy day's log takes a while.
const SHARED_MS = 2_000;

export interface HealthParts {
  db: Database;
  tables: ApplicationTables;
  /** Answers within a few seconds, and never throws. */
  askClerk: () => Promise<ClerkStatus>;
  disk: Pick<Disk, "isFull">;
}

/** Never throws, answers within about 3 s, and reveals nothing private. */
export function healthCheck({ db, tables, askClerk, disk }: HealthParts): () => Promise<Health> {
  return memoizeFor(SHARED_MS, async () => {
    const [reading, isRight, status] = await Promise.all([readDatabase(db), isSchemaRight(db, tables), askClerk()]);
    const row = typeof reading === "string" ? null : reading;
    const seen: Seen = {
      database: typeof reading === "string" ? reading : isRight ? writable(reading, disk) : "schema_mismatch",
      clerk: standing(status, row?.active ?? null),
      unusable: row?.unusable ?? 0,
      overdue: row?.overdue ?? 0,
      runs: row?.runs ?? null,
    };
    const lastAt = row?.lastAt ?? null;
    return {
      status: statusOf(seen),
      database: seen.database,
      clerk: seen.clerk,
      webhook: { lastAt: lastAt === null ? null : new Date(lastAt), ageSeconds: row?.ageSeconds ?? null },
      runs: seen.runs,
    };
  });
}

function writable({ readOnly }: Row, disk: Pick<Disk, "isFull">): Health["database"] {
  if (readOnly) return "read_only";
  return disk.isFull() ? "full" : "ok";
}

function standing(status: ClerkStatus, active: string | null): Health["clerk"] {
  if ("code" in status) return status.code;
  if (active !== null && active !== status.instanceId) return "INSTANCE_REFUSED";
  return clockFault(status.aheadMs) === null ? "ok" : "clock_differs";
}
