import { z } from "zod/v4";
import type { ClerkApi } from "../clerk/clerk-api.ts";
import { countUsers } from "../clerk/directory.ts";
import type { Database } from "../database/database.ts";
import { epoch, ms } from "../database/sql.ts";
import { isOfKind, kinds } from "../events/event-kinds.ts";
import { memoizeFor } from "../memoize-for.ts";
import type { RunState } from "../runs/report.ts";
import type { Run } from "../runs/run.ts";
import type { Runs } from "../runs/runs.ts";
import type { DirectoryCount } from "./directory-count.ts";

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

const webhookRows = z.array(z.object({ at: epoch, type: z.string(), outcome: z.string() }));

const lastWebhookStatement = `with recursive ${kinds}
select ${ms('e."lastSeenAt"')} as at, k.type, k.outcome from kinds k
cross join lateral (
  select "lastSeenAt" from rollcall."SyncEvent" e where ${isOfKind("e", "k")} order by "lastSeenAt" desc limit 1
) e
where k.source = 'webhook'
order by e."lastSeenAt" desc
limit 1`;

// A dashboard polls once a second.
const ASKED_FOR_MS = 5_000;

/** @returns the status; of the users at Clerk, calls within five seconds share one count */
export function directoryStatus(
  db: Database,
  clerk: ClerkApi,
  runs: Pick<Runs, "last">,
  counted: () => Promise<DirectoryCount>,
): () => Promise<DirectoryStatus> {
  const countAtClerk = memoizeFor(ASKED_FOR_MS, () => countUsers(clerk).catch(() => null));
  return async () => {
    const [counts, atClerk, webhooks, run, check] = await Promise.all([
      counted(),
      countAtClerk(),
      db.query(lastWebhookStatement),
      runs.last(),
      runs.last({ kind: "full", states: ["done", "awaiting_confirmation"] }),
    ]);
    const { live, deleted, conflicts, unadopted, events, countedAt } = counts;
    const events24h: Record<string, number> = {};
    for (const { outcome, number } of events) events24h[outcome] = (events24h[outcome] ?? 0) + number;
    return {
      atClerk,
      live,
      deleted,
      netDifference: atClerk === null ? null : atClerk - live,
      conflicts,
      unadopted,
      lastCheck: check && found(check),
      lastWebhook: webhookRows.parse(webhooks)[0] ?? null,
      lastRun: run && summary(run),
      events24h,
      countedAt,
    };
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
