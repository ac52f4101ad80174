import { randomUUID } from "node:crypto";
import { z } from "zod/v4";
import { type Database, type Queries, unlessFrozen } from "../database/database.ts";
import { retryOnRace } from "../database/retry.ts";
import type { Logger } from "../logger.ts";
import type { Position } from "./cursors/position.ts";
import { latestHighWaterMark } from "./latest-high-water-mark.ts";
import { logRun } from "./log-run.ts";
import { isUnderWay, type RunKind, type RunState } from "./report.ts";
import { type Run, readRuns } from "./run.ts";
import { confirmActiveRun, confirmWaitingRun, resumeFailedRun } from "./statements/continue-run.ts";
import { cancelDryRuns, cancelRun, cancelWaitingRuns } from "./statements/end-run.ts";
import { deleteOldRuns, insertFirstWindow, insertRunRow } from "./statements/insert-run.ts";
import { activeRun, lastRun, runById, runsBefore } from "./statements/read-runs.ts";

export interface StartOptions {
  /** Who started it: a user's id or a command. */
  startedBy: string;
  kind?: RunKind;
  dryRun?: boolean;
  /**
   * Marks missing users as deleted without a confirmation, however many they are. A run that waits for the confirmation resumes.
   */
  confirmDeletions?: boolean;
}

export interface LastOptions {
  kind?: RunKind | null;
  states?: RunState[] | null;
}

export interface StartedRun {
  runId: string;
  state: RunState;
  /** It already existed: in progress, waiting, or failed a while ago and now resumed. */
  joined: boolean;
}

/** `ended`: in another state than cancelled, so there is nothing to cancel. */
export type CancelResult = { state: "cancelled"; run: Run } | { state: "ended"; run: Run } | { state: "not_found" };

/** `another_is_under_way`: the run still waits, and can be confirmed when the other one has ended. */
export type ConfirmResult =
  | { state: "confirmed"; run: Run }
  | { state: "not_waiting"; run: Run }
  | { state: "another_is_under_way" }
  | { state: "not_found" };

// Workers look every ten seconds. They must not retry a run again and again that fails immediately.
const RESTS_FOR = "10 minutes";
// Only one run can be active. Losing the race for it is not an error: the winner is joined.
const RACES = new Set(["SyncRun_active_key"]);

const idRows = z.array(z.object({ id: z.string() }));

/** The runs' rows. One run is active at a time, over all processes; a dry run excludes only other dry runs. */
export function createRunStore(db: Database, logger: Logger) {
  const read = async (statement: string, ...values: unknown[]): Promise<Run[]> =>
    readRuns(await db.query(statement, values));
  const ids = async (statement: string, ...values: unknown[]) => idRows.parse(await db.query(statement, values));

  const store = {
    /** Starts a run, or continues an existing one. An incremental run needs a high-water mark: without one, the run is full. */
    start: ({
      startedBy,
      kind: wanted = "full",
      dryRun = false,
      confirmDeletions = false,
    }: StartOptions): Promise<StartedRun> =>
      retryOnRace(RACES, async () => {
        const kind = wanted === "full" || (await latestHighWaterMark(db)) !== null ? wanted : "full";
        if (!dryRun) {
          const run = await runToJoin(kind, confirmDeletions);
          if (run) return { runId: run.report.runId, state: run.report.state, joined: true };
        }
        const runId = randomUUID();
        // A new full run replaces a run that waits for a confirmation: its result is newer. A run that is full only because there
        // is no mark was not requested as full, and does not replace it. Dry runs are one at a time: one that a killed process
        // left would stay in progress, because no other process can continue it.
        const replaces = dryRun ? cancelDryRuns : wanted === "full" ? cancelWaitingRuns : null;
        const replaced = await db.transaction((transaction) =>
          insertRun(transaction, { runId, kind, dryRun, startedBy, confirmed: confirmDeletions, replaces }),
        );
        for (const id of [...replaced, runId]) await logRun(db, logger, id);
        return { runId, state: "planned", joined: false };
      }),

    /** Its workers stop after the current page. A run that was already cancelled is `cancelled`, too. */
    async cancel(runId: string): Promise<CancelResult> {
      const cancelled = await ids(cancelRun, runId);
      for (const { id } of cancelled) await logRun(db, logger, id);
      const run = await store.get(runId);
      if (!run) return { state: "not_found" };
      return { state: run.report.state === "cancelled" ? "cancelled" : "ended", run };
    },

    /**
     * Resumes a run that waits, if no other is in progress. A run that was already confirmed and is in progress is `confirmed`,
     * too: a second click does no harm.
     */
    confirm: (runId: string): Promise<ConfirmResult> =>
      retryOnRace(RACES, async () => {
        const [confirmed] = await continueConfirmed(runId);
        const run = await store.get(runId);
        if (!run) return { state: "not_found" };
        const { state } = run.report;
        if (confirmed || (isUnderWay(state) && run.confirmed)) return { state: "confirmed", run };
        return state === "awaiting_confirmation" ? { state: "another_is_under_way" } : { state: "not_waiting", run };
      }),

    get: async (runId: string): Promise<Run | null> => (await read(runById, runId))[0] ?? null,

    /** The run in progress. If there is none, the newest is resumed, if it failed a while ago. */
    resume: (): Promise<Run | null> =>
      retryOnRace(RACES, async () => {
        const underWay = await store.active();
        if (underWay) return underWay;
        const [resumed] = await resume(null, false, RESTS_FOR);
        return resumed ? store.get(resumed.id) : null;
      }),

    /** The run in progress, if there is one. */
    active: async (): Promise<Run | null> => (await read(activeRun))[0] ?? null,

    /** Newest first; `before` = the id of the last one seen. */
    list: ({ before, limit }: { before: string | null; limit: number }): Promise<Run[]> =>
      read(runsBefore, before, limit),

    /** The newest of this instance that is not a dry run, optionally of one kind or in certain states. */
    async last({ kind = null, states = null }: LastOptions = {}): Promise<Run | null> {
      const [run] = await read(lastRun, kind, states);
      return run ?? null;
    },
  };

  /** The run to join instead of starting a new one: in progress, waiting for this confirmation, or failed a while ago. */
  async function runToJoin(kind: RunKind, confirmed: boolean): Promise<Run | null> {
    if (confirmed) await db.query(confirmActiveRun);
    const underWay = await store.active();
    if (underWay) return underWay;
    const [waiting] = confirmed ? await continueConfirmed(null) : [];
    const [resumed] = waiting ? [waiting] : await resume(kind, confirmed, "0 s");
    return resumed ? store.get(resumed.id) : null;
  }

  const continueConfirmed = (runId: string | null) => continueRuns(confirmWaitingRun, runId);

  /** The newest run, optionally of one kind, if it failed at least `restsFor` ago. */
  const resume = (kind: RunKind | null, confirmed: boolean, restsFor: string) =>
    continueRuns(resumeFailedRun, kind, confirmed, restsFor);

  /** Continues runs with a statement that returns their ids, and logs each. */
  async function continueRuns(statement: string, ...values: unknown[]): Promise<{ id: string }[]> {
    const runs = await ids(statement, ...values);
    for (const { id } of runs) await logRun(db, logger, id);
    return runs;
  }

  return store;
}

export type RunStore = ReturnType<typeof createRunStore>;

const unplanned: Position = { pass: "plan" };

/** @param run.replaces the statement that cancels the runs that this one replaces */
async function insertRun(
  transaction: Queries,
  run: {
    runId: string;
    kind: RunKind;
    dryRun: boolean;
    startedBy: string;
    confirmed: boolean;
    replaces: string | null;
  },
): Promise<string[]> {
  const { runId, kind, dryRun, startedBy, confirmed, replaces } = run;
  await transaction.query(`select ${unlessFrozen}`);
  await transaction.query(deleteOldRuns);
  const replaced = replaces ? idRows.parse(await transaction.query(replaces)) : [];
  await transaction.query(insertRunRow, [runId, kind, dryRun, startedBy, confirmed]);
  await transaction.query(insertFirstWindow, [runId, JSON.stringify(unplanned)]);
  return replaced.map(({ id }) => id);
}
