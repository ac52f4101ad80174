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
import { activeRun, lastRun, runById, runsBefore } from "./statements/read-runs.ts";
import * as statements from "./statements/start-run.ts";

export interface StartOptions {
  /** Who: a user's id or a command. */
  startedBy: string;
  kind?: RunKind;
  dryRun?: boolean;
  /** Missing users are made tombstones without asking, however many they are; a run that waits for that goes on. */
  confirmDeletions?: boolean;
}

export interface LastOptions {
  kind?: RunKind | null;
  states?: RunState[] | null;
}

export interface StartedRun {
  runId: string;
  state: RunState;
  /** It was there already: under way, waiting, or failed a while ago, and goes on. */
  joined: boolean;
}

/** `ended`: in another state than cancelled, so that there is nothing to cancel. */
export type CancelResult = { state: "cancelled"; run: Run } | { state: "ended"; run: Run } | { state: "not_found" };

/** `another_is_under_way`: the run still waits, and can be confirmed when that one has ended. */
export type ConfirmResult =
  | { state: "confirmed"; run: Run }
  | { state: "not_waiting"; run: Run }
  | { state: "another_is_under_way" }
  | { state: "not_found" };

// What failed at once must not be tried again at once, over and over, by workers who look every ten seconds.
const RESTS_FOR = "10 minutes";
// Losing a race for the one place of the active run is no failure: the winner is joined.
const RACES = new Set(["SyncRun_active_key"]);

const idRows = z.array(z.object({ id: z.string() }));

/** The runs' rows. One run is active at a time, over all processes; a dry run excludes only other dry runs. */
export function createRunStore(db: Database, logger: Logger) {
  const read = async (statement: string, ...values: unknown[]): Promise<Run[]> =>
    readRuns(await db.query(statement, values));
  const ids = async (statement: string, ...values: unknown[]) => idRows.parse(await db.query(statement, values));

  const store = {
    /** Starts a run, or goes on with one that is there. An incremental one needs a mark: without it the run is a full one. */
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
        // A run that waits for a confirmation is older news than a full run will bring. A run that is full only because
        // there is no mark was not asked for as such, and leaves it. Dry runs are one at a time: one that a killed process
        // left would stay under way, since no other process can continue it.
        const replaces = dryRun ? cancelDryRuns : wanted === "full" ? cancelWaitingRuns : null;
        const replaced = await db.transaction((transaction) =>
          insertRun(transaction, { runId, kind, dryRun, startedBy, confirmed: confirmDeletions, replaces }),
        );
        for (const id of [...replaced, runId]) await logRun(db, logger, id);
        return { runId, state: "planned", joined: false };
      }),

    /** Its workers stop after the page in hand. A run that was cancelled before is `cancelled`, too. */
    async cancel(runId: string): Promise<CancelResult> {
      const cancelled = await ids(cancelRun, runId);
      for (const { id } of cancelled) await logRun(db, logger, id);
      const run = await store.get(runId);
      if (!run) return { state: "not_found" };
      return { state: run.report.state === "cancelled" ? "cancelled" : "ended", run };
    },

    /**
     * A run that waits goes on, if no other is under way. One that was confirmed before and goes on is `confirmed`, too: a
     * second click does no harm.
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

    /** The run under way; where there is none the newest goes on, if it failed a while ago. */
    resume: (): Promise<Run | null> =>
      retryOnRace(RACES, async () => {
        const underWay = await store.active();
        if (underWay) return underWay;
        const [resumed] = await resume(null, false, RESTS_FOR);
        return resumed ? store.get(resumed.id) : null;
      }),

    /** The run under way, if there is one. */
    active: async (): Promise<Run | null> => (await read(activeRun))[0] ?? null,

    /** The newest first; `before` = the id of the last one seen. */
    list: ({ before, limit }: { before: string | null; limit: number }): Promise<Run[]> =>
      read(runsBefore, before, limit),

    /** The newest of this instance that is no dry run, of one kind or in certain states where asked. */
    async last({ kind = null, states = null }: LastOptions = {}): Promise<Run | null> {
      const [run] = await read(lastRun, kind, states);
      return run ?? null;
    },
  };

  /** The run to join instead of starting a new one: under way, waiting for this confirmation, or failed a while ago. */
  async function runToJoin(kind: RunKind, confirmed: boolean): Promise<Run | null> {
    if (confirmed) await db.query(confirmActiveRun);
    const underWay = await store.active();
    if (underWay) return underWay;
    const [waiting] = confirmed ? await continueConfirmed(null) : [];
    const [resumed] = waiting ? [waiting] : await resume(kind, confirmed, "0 s");
    return resumed ? store.get(resumed.id) : null;
  }

  const continueConfirmed = (runId: string | null) => continueRuns(confirmWaitingRun, runId);

  /** The newest run, of one kind where asked, if it failed, and at least `restsFor` ago. */
  const resume = (kind: RunKind | null, confirmed: boolean, restsFor: string) =>
    continueRuns(resumeFailedRun, kind, confirmed, restsFor);

  /** Continues runs by a statement that returns their ids, and logs each. */
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
  await transaction.query(statements.deleteOldRuns);
  const replaced = replaces ? idRows.parse(await transaction.query(replaces)) : [];
  await transaction.query(statements.insertRun, [runId, kind, dryRun, startedBy, confirmed]);
  await transaction.query(statements.insertFirstWindow, [runId, JSON.stringify(unplanned)]);
  return replaced.map(({ id }) => id);
}
