import type { Database } from "../database/database.ts";
import { withSyncErrors } from "../database/database-error.ts";
import { within } from "../database/deadline.ts";
import type { Effects } from "../effects/effects.ts";
import { type Logger, logFailure } from "../logger.ts";
import { memoizeFor } from "../memoize-for.ts";
import type { RunState } from "../runs/report.ts";
import type { RunsHealth } from "../runs/run-health.ts";
import type { Runs } from "../runs/runs.ts";
import { SyncError } from "../sync-error.ts";
import type { DirectoryStatus } from "./directory-status.ts";
import { readDatabase } from "./health.ts";

/** The numbers for a monitor. Unknown ones are null. Ages are in seconds, by the database's clock alone. */
export interface Metrics
  extends Pick<
    DirectoryStatus,
    "live" | "deleted" | "conflicts" | "unadopted" | "atClerk" | "netDifference" | "events24h"
  > {
  /** Since the end of the last full run that is done. */
  lastFullRunAge: number | null;
  /** Since the last delivery of this instance. */
  lastWebhookAge: number | null;
  /** Changes that reads found since the last delivery, and that the webhook should have brought. */
  overdueFinds: number;
  /** The newest run's. */
  runState: RunState | null;
  runsHealth: RunsHealth;
  effects: {
    pending: number;
    dead: number;
    /** Since the effect that waits longest became due; 0 if none is due. */
    oldestAge: number;
  };
}

export interface MetricsParts {
  db: Database;
  status: () => Promise<DirectoryStatus>;
  runs: Pick<Runs, "last">;
  effects: Pick<Effects, "summary">;
  logger: Logger;
}

// Several monitors may ask, and each from every process: counting a million rows takes most of a second.
const SHARED_MS = 10_000;
// Prometheus gives up after 10 s.
const SCRAPE_MS = 8_000;

/** @returns a function that reads; calls within ten seconds share one answer. A failure is not kept */
export function metricsReader({ db, status, runs, effects, logger }: MetricsParts): () => Promise<Metrics> {
  async function read(): Promise<Metrics> {
    const [directory, reading, lastFull, outbox] = await Promise.all([
      status(),
      readDatabase(db),
      runs.last({ kind: "full", states: ["done"] }),
      effects.summary(),
    ]);
    if (reading === "no_tables") throw new SyncError("SCHEMA_MISMATCH", "Rollcall's tables cannot be read");
    if (reading === "down") throw new SyncError("DATABASE_UNREACHABLE", "The database does not answer");
    const ageOf = (time: Date) => Math.max(0, (reading.now - time.getTime()) / 1_000);
    const { live, deleted, conflicts, unadopted, atClerk, netDifference, events24h, lastRun } = directory;
    return {
      ...{ live, deleted, conflicts, unadopted, atClerk, netDifference, events24h },
      lastFullRunAge: lastFull?.endedAt ? ageOf(lastFull.endedAt) : null,
      lastWebhookAge: reading.ageSeconds,
      overdueFinds: reading.overdue,
      runState: lastRun?.state ?? null,
      runsHealth: reading.runs,
      effects: {
        pending: outbox.pending,
        dead: outbox.dead,
        oldestAge: outbox.dueSince ? ageOf(outbox.dueSince) : 0,
      },
    };
  }

  return memoizeFor(SHARED_MS, () =>
    withSyncErrors(() => within(SCRAPE_MS, read)).catch((error: unknown) => {
      if (error instanceof SyncError) logFailure(logger, { event: "metrics_failed" }, error);
      throw error;
    }),
  );
}
