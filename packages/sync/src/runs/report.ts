import type { SyncErrorCode } from "../sync-error.ts";
import type { Applied } from "../write-path/outcome.ts";

export type RunState = "running" | "cancelled" | "failed" | "done";

/** What a run did, as counted. `seen` is the sum of the six outcomes. */
export interface RunReport {
  runId: string;
  kind: "full";
  dryRun: boolean;
  state: RunState;
  seen: number;
  created: number;
  updated: number;
  unchanged: number;
  outdated: number;
  /** Listed by Clerk, but a tombstone here. */
  deleted: number;
  failed: number;
  /** Users without their email, whatever their outcome: it is shown at another one. */
  conflicts: number;
  /** Made deleted by this run. */
  tombstoned: number;
  /** Here, but not at Clerk; null where the run did not look. */
  missing: number | null;
  clerkCalls: number;
  durationMs: number;
  errors: { userId: string; code: SyncErrorCode; reason: string }[];
}

// A directory in which everybody fails must not fill the memory; the count is exact all the same.
const ERRORS_KEPT = 100;

export const emptyReport = (run: { runId: string; dryRun: boolean }): RunReport => ({
  ...run,
  kind: "full",
  state: "running",
  seen: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  outdated: 0,
  deleted: 0,
  failed: 0,
  conflicts: 0,
  tombstoned: 0,
  missing: null,
  clerkCalls: 0,
  durationMs: 0,
  errors: [],
});

/** The report with one more page counted in. */
export function countIn(report: RunReport, page: readonly Applied[]): RunReport {
  const next = { ...report, errors: [...report.errors] };
  for (const applied of page) {
    next.seen++;
    next[applied.outcome]++;
    if (applied.outcome !== "failed") next.conflicts += Number(applied.conflict);
    else if (next.errors.length < ERRORS_KEPT) {
      next.errors.push({ userId: applied.id, code: applied.code, reason: applied.reason });
    }
  }
  return next;
}
