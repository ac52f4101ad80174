import type { RunKind, RunState } from "../runs/report.ts";

/** The recent past, for charts. */
export interface Activity {
  /** The last 24 hours, oldest first: 24 entries, also for hours without events. */
  events: { from: Date; outcomes: Record<string, number> }[];
  /** When the events were counted, in the database's time. */
  countedAt: Date;
  /** The newest 30 runs, oldest first; dry runs included. */
  runs: RunSummary[];
}

export interface RunSummary {
  runId: string;
  kind: RunKind;
  dryRun: boolean;
  state: RunState;
  startedAt: Date;
  endedAt: Date | null;
  durationMs: number;
  seen: number;
  created: number;
  updated: number;
  tombstoned: number;
  failed: number;
}
