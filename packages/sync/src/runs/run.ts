import { z } from "zod/v4";
import { epoch } from "../database/sql.ts";
import { isSyncErrorCode, type SyncErrorCode } from "../sync-error.ts";
import type { PassName } from "./cursors/position.ts";
import { type Counts, countsSchema, type RunReport, runKinds, runStates, seenIn, sumOf } from "./report.ts";

/** A stretch of a run's work. */
export interface RunWindow {
  number: number;
  /** "unknown" where a newer version wrote it. */
  pass: PassName | "unknown";
  /** The stretch that it lists, of `created_at` (a walk, upwards) or of `updated_at` (the changes, downwards); null = open. */
  from: Date | null;
  to: Date | null;
  /** How far it has come in that; null before the first page. */
  at: Date | null;
  seen: number;
  clerkCalls: number;
  /** Jobs that began since it moved last. */
  attempts: number;
  lastError: SyncErrorCode | null;
  endedAt: Date | null;
}

/** A run as it stands in the database. */
export interface Run {
  report: RunReport;
  startedBy: string;
  /** Users at Clerk; null until Clerk was asked. */
  total: number | null;
  /** Users at Clerk less live users here, where an incremental run compared the counts: it sees no deletions. */
  netDifference: number | null;
  /** More changed while it read than Clerk shows in order: some of it is left to the next run, which begins at the same mark. */
  incomplete: boolean;
  /** Somebody confirmed that missing users may be made tombstones, however many they are. */
  confirmed: boolean;
  /** Clerk's quota is used up until then, in the database's time; and how long that is, for clocks that differ. */
  pausedUntil: Date | null;
  pausedForMs: number;
  /** Why it failed, and in which window; without a code its workers died and left no error. */
  failure: { code: SyncErrorCode | null; window: number | null } | null;
  startedAt: Date;
  endedAt: Date | null;
  /** How long nothing has moved, in ms. */
  silentMs: number;
  windows: RunWindow[];
}

const code = z.custom<SyncErrorCode>(isSyncErrorCode).nullable().catch(null); // null, too, for a newer version's
// A newer version may keep something else there: its window is shown without its stretch.
const moment = epoch.nullable().catch(null);
const windowSchema = countsSchema.extend({
  number: z.number(),
  pass: z
    .enum(["plan", "walk", "changes", "missing"] satisfies PassName[])
    .or(z.literal("unknown"))
    .catch("unknown"),
  from: moment,
  to: moment,
  at: moment,
  attempts: z.number(),
  lastError: code,
  endedAt: epoch.nullable(),
});
type WindowRow = z.infer<typeof windowSchema>;
const runSchema = z.object({
  id: z.string(),
  kind: z.enum(runKinds),
  dryRun: z.boolean(),
  state: z.enum(runStates),
  startedBy: z.string(),
  total: z.number().nullable(),
  missing: z.number().nullable(),
  netDifference: z.number().nullable(),
  incomplete: z.boolean(),
  confirmed: z.boolean(),
  pausedUntil: epoch.nullable(),
  pausedForMs: z.number(),
  failureCode: code,
  failedWindow: z.number().nullable(),
  startedAt: epoch,
  endedAt: epoch.nullable(),
  durationMs: z.number(),
  silentMs: z.number(),
  windows: z.array(windowSchema).nullable(),
});

/** Rows of `selectRuns` as runs. */
export const readRuns = (rows: unknown): Run[] => z.array(runSchema).parse(rows).map(toRun);

function toRun(row: z.infer<typeof runSchema>): Run {
  const { id, kind, dryRun, state, missing, durationMs, failureCode, failedWindow, ...rest } = row;
  const windows = row.windows ?? [];
  const counts = sumOf(windows);
  return {
    ...rest,
    report: { runId: id, kind, dryRun, state, seen: seenIn(counts), ...counts, missing, durationMs },
    failure: state === "failed" ? { code: failureCode, window: failedWindow } : null,
    windows: windows.map(toWindow),
  };
}

function toWindow({ number, pass, from, to, at, attempts, lastError, endedAt, ...counts }: WindowRow): RunWindow {
  return {
    number,
    pass,
    from,
    to,
    at,
    seen: seenIn(counts satisfies Counts),
    clerkCalls: counts.clerkCalls,
    attempts,
    lastError,
    endedAt,
  };
}
