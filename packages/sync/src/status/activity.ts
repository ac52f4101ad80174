import type { RunKind, RunState } from "../runs/report.ts";
import type { Run } from "../runs/run.ts";
import type { Runs } from "../runs/runs.ts";
import type { DirectoryCount } from "./directory-count.ts";

/** The recent past, for charts. */
export interface Activity {
  /** The 24 hours before `countedAt`, oldest first: 24 entries, also for hours without events. */
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

const HOUR_MS = 60 * 60_000;
const HOURS = 24;
const RUNS = 30;

/** @throws what counting and listing throw */
export async function readActivity(
  counted: () => Promise<DirectoryCount>,
  runs: Pick<Runs, "list">,
): Promise<Activity> {
  const [{ events, countedAt }, listed] = await Promise.all([counted(), runs.list({ before: null, limit: RUNS })]);
  const hours = Array.from({ length: HOURS }, (_, index) => {
    const hoursAgo = HOURS - 1 - index;
    return {
      from: new Date(countedAt.getTime() - (hoursAgo + 1) * HOUR_MS),
      outcomes: Object.fromEntries(
        events.filter((event) => event.hoursAgo === hoursAgo).map(({ outcome, number }) => [outcome, number]),
      ),
    };
  });
  return { events: hours, countedAt, runs: listed.reverse().map(summary) };
}

function summary({ report, startedAt, endedAt }: Run): RunSummary {
  const { runId, kind, dryRun, state, durationMs, seen, created, updated, tombstoned, failed } = report;
  return { runId, kind, dryRun, state, startedAt, endedAt, durationMs, seen, created, updated, tombstoned, failed };
}
