import { z } from "zod/v4";
import { isSyncErrorCode, type SyncErrorCode } from "../sync-error.ts";
import type { Applied } from "../write-path/outcome.ts";

export const runKinds = ["full", "incremental"] as const;
export type RunKind = (typeof runKinds)[number];

export const runStates = ["planned", "running", "awaiting_confirmation", "cancelled", "failed", "done"] as const;
export type RunState = (typeof runStates)[number];

/** A worker works on it, or is to; `UNDER_WAY` is the same as a condition of a statement. */
export const isUnderWay = (state: RunState): boolean => state === "planned" || state === "running";

const count = z.number().int();
// A newer version's code, read by an older one that is still running, must not make all runs unreadable.
const errorCode = z.custom<SyncErrorCode>(isSyncErrorCode).catch("DATA_REJECTED");

/** What was counted so far, of one window or of a whole run. */
export const countsSchema = z.object({
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
  clerkCalls: count,
  /** The first users that failed. */
  errors: z.array(z.object({ userId: z.string(), code: errorCode, reason: z.string() })),
});
export type Counts = z.infer<typeof countsSchema>;

/** Those of the counts that are numbers. */
export const counters = countsSchema.omit({ errors: true }).keyof().options;

/** What a run did. `seen` is the sum of the six outcomes. */
export interface RunReport extends Counts {
  runId: string;
  kind: RunKind;
  dryRun: boolean;
  state: RunState;
  seen: number;
  /** Here, but not at Clerk; null where the run did not look. */
  missing: number | null;
  durationMs: number;
}

// A directory in which everybody fails must not fill the memory; the count is exact all the same.
const ERRORS_KEPT = 100;

export const nothingCounted: Counts = {
  created: 0,
  updated: 0,
  unchanged: 0,
  outdated: 0,
  deleted: 0,
  failed: 0,
  conflicts: 0,
  tombstoned: 0,
  clerkCalls: 0,
  errors: [],
};

/** The counts with one more page counted in. */
export function countIn(counts: Counts, page: readonly Applied[]): Counts {
  const next = { ...counts, errors: [...counts.errors] };
  for (const applied of page) {
    next[applied.outcome]++;
    if (applied.outcome !== "failed") next.conflicts += Number(applied.conflict);
    else next.errors.push({ userId: applied.id, code: applied.code, reason: applied.reason });
  }
  return { ...next, errors: next.errors.slice(0, ERRORS_KEPT) };
}

/** The counts of several windows together. */
export function sumOf(parts: readonly Counts[]): Counts {
  const sum = { ...nothingCounted, errors: parts.flatMap(({ errors }) => errors).slice(0, ERRORS_KEPT) };
  for (const part of parts) for (const counter of counters) sum[counter] += part[counter];
  return sum;
}

export const seenIn = ({ created, updated, unchanged, outdated, deleted, failed }: Counts): number =>
  created + updated + unchanged + outdated + deleted + failed;
