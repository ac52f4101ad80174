import { z } from "zod";
import { isSyncErrorCode, type SyncErrorCode } from "../sync-error.ts";
import type { Applied } from "../write-path/outcome.ts";

const count = z.number().int();

export const runStates = ["planned", "running", "awaiting_confirmation", "cancelled", "failed", "done"] as const;
export type RunState = (typeof runStates)[number];

/** What a run did, as counted. `seen` is the sum of the six outcomes. */
export const reportSchema = z.object({
  runId: z.string(),
  kind: z.literal("full"),
  dryRun: z.boolean(),
  state: z.enum(runStates),
  seen: count,
  created: count,
  updated: count,
  unchanged: count,
  outdated: count,
  /** Listed by Clerk, but a tombstone here. */
  deleted: count,
  failed: count,
  /** Users without their email, whatever their outcome: it is shown at another one. */
  conflicts: count,
  /** Made deleted by this run. */
  tombstoned: count,
  /** Here, but not at Clerk; null where the run did not look. */
  missing: count.nullable(),
  clerkCalls: count,
  durationMs: count,
  errors: z.array(z.object({ userId: z.string(), code: z.custom<SyncErrorCode>(isSyncErrorCode), reason: z.string() })),
});
export type RunReport = z.infer<typeof reportSchema>;

// A directory in which everybody fails must not fill the memory; the count is exact all the same.
const ERRORS_KEPT = 100;

export const emptyReport = (run: { runId: string; dryRun: boolean }): RunReport => ({
  ...run,
  kind: "full",
  state: "planned",
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
