import { z } from "zod/v4";
import { epoch } from "../database/sql.ts";
import { isSyncErrorCode, type SyncErrorCode } from "../sync-error.ts";
import type { PassName } from "./cursors/position.ts";
import { type Counts, countsSchema, type RunReport, runKinds, runStates, seenIn, sumOf } from "./report.ts";

/** A part of a run's work. */
export interface RunWindow {
  number: number;
  /** "unknown" if a newer version wrote it. */
  pass: PassName | "unknown";
  /** The range that it lists, of `created_at` (a walk, upwards) or of `updated_at` (the changes, downwards); null = open. */
  from: Date | null;
  to: Date | null;
  /** How far it has come in that range; null before the first page. */
  at: Date | null;
  seen: number;
  clerkCalls: number;
  /** Jobs that started since it last moved. */
  attempts: number;
  lastError: SyncErrorCode | null;
  endedAt: Date | null;
}

/** A run as the database has it. */
export interface Run {
  report: RunReport;
  startedBy: string;
  /** Users at Clerk; null until Clerk has answered. */
  total: number | null;
  /** Users at Clerk minus live users here, if an incremental run compared the counts: it sees no deletions. */
  netDifference: number | null;
  /** More users changed meanwhile than Clerk lists in order: the next run reads the rest, from the same high-water mark. */
  incomplete: boolean;
  /** A person confirmed that missing users may become tombstones, however many they are. */
  confirmed: boolean;
  /** Clerk's quota is used up until then, on the database's clock; and how long that is, for clocks that differ. */
  pausedUntil: Date | null;
  pausedForMs: number;
  /** Why it failed, and in which window. Without a code, its workers died and left no error. */
  failure: { code: SyncErrorCode | null; window: number | null } | null;
  startedAt: Date;
  endedAt: Date | null;
  /** Time since it last moved, in ms. */
  silentMs: number;
  windows: RunWindow[];
}

const code = z.custom<SyncErrorCode>(isSyncErrorCode).nullable().catch(null); // also null for a newer version's code
// A newer version may store something else there: its window is shown without its range.
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
