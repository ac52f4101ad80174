import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import type { Database } from "../database/database.ts";
import { toSyncError } from "../database/database-error.ts";
import { ANSWER_MS, within } from "../database/deadline.ts";
import { logFault } from "../logger.ts";
import { SyncError } from "../sync-error.ts";
import { openDryQueue } from "./dry-queue.ts";
import { isFaultOfTheProcess, processWindow, type WindowParts } from "./process-window.ts";
import { type ActiveWindowJob, openQueue, type WindowQueue } from "./queue.ts";
import { isUnderWay } from "./report.ts";
import { reviveRun } from "./revive.ts";
import type { Run } from "./run.ts";
import type { RunStore } from "./run-store.ts";

export interface WorkOptions {
  /** Which run. Default: the one in progress. A dry run can only be selected by its id. */
  runId?: string;
  /** Parallel jobs in this process. */
  workers?: number;
  /** Ends after the current pages, or after 7 s if they do not end; other workers do the rest. */
  signal?: AbortSignal;
  /** Gets the run, about once a second and after each job. */
  onProgress?: (run: Run) => void;
}

export interface WorkerParts extends Omit<WindowParts, "queue"> {
  store: RunStore;
  connectionString: string;
}

const WORKERS = 4;
const LOOK_EVERY_MS = 1_000;
const REVIVE_EVERY_MS = 10_000;
const WAIT_FOR_JOB_MS = 500;
// After this time the job has long counted as lost. A worker that still waits has a dead connection.
const LOST_MS = 60_000;
// A page takes a second or two, and a platform that stops a process kills it after ten seconds.
const PAGES_IN_HAND_MS = 7_000;
// A database that restarts is back by then. One that is down for longer needs its operator.
const DATABASE_AWAY_MS = 15_000;

/**
 * Works on a run, alongside any number of other processes, until it has ended. Only for this time is the queue open and the
 * database polled.
 *
 * @returns the run as it was at the start; null if there was nothing to do
 * @throws SyncError DATABASE_UNREACHABLE after 15 s without it; a fault of this process: CLERK_UNAUTHORIZED, INSTANCE_REFUSED,
 * NOT_CONFIGURED or SCHEMA_MISMATCH. The run is then left to others
 */
export async function workOnRun(
  options: WorkOptions,
  { store, connectionString, ...parts }: WorkerParts,
): Promise<Run | null> {
  const { workers = WORKERS, signal } = options;
  const watched = () =>
    within(ANSWER_MS, () => (options.runId === undefined ? store.active() : store.get(options.runId)));
  const run = await (options.runId === undefined ? within(ANSWER_MS, () => store.resume()) : watched());
  if (!run) return null;
  await using queue = run.report.dryRun ? openDryQueue() : await openQueue(connectionString, { logger: parts.logger });
  await within(ANSWER_MS, () => reviveRun(parts.db, run.report.runId, queue));
  const stop = new AbortController();
  const stopped = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const wakeUp = createWakeSignal();
  const loops = [
    monitorRun(watched, options, { db: parts.db, queue, stopped, wakeUp }).finally(() => stop.abort()),
    ...Array.from({ length: workers }, () => workerLoop({ ...parts, queue }, stopped, stop, wakeUp.wake)),
  ];
  let failure: { reason: unknown } | undefined;
  for (const loop of loops) {
    loop.catch((reason: unknown) => {
      failure ??= { reason };
    });
  }
  await Promise.race([Promise.allSettled(loops), patience(stopped)]);
  if (failure) throw failure.reason;
  if (stop.signal.reason instanceof SyncError) throw stop.signal.reason;
  return run;
}

/** Reports the run's progress, and regularly revives the run, until there is nothing left to do. */
async function monitorRun(
  watched: () => Promise<Run | null>,
  { onProgress }: WorkOptions,
  { db, queue, stopped, wakeUp }: { db: Database; queue: WindowQueue; stopped: AbortSignal; wakeUp: WakeSignal },
): Promise<void> {
  let answeredAt = performance.now();
  let revivedAt = performance.now();
  while (!stopped.aborted) {
    try {
      const run = await watched();
      if (run) onProgress?.(run);
      if (!run || !isUnderWay(run.report.state)) return;
      if (performance.now() - revivedAt > REVIVE_EVERY_MS) {
        await within(ANSWER_MS, () => reviveRun(db, run.report.runId, queue));
        revivedAt = performance.now();
      }
      answeredAt = performance.now();
    } catch (thrown) {
      const error = toSyncError(thrown);
      const isAway = error instanceof SyncError && error.isDatabaseAway;
      if (!isAway || performance.now() - answeredAt > DATABASE_AWAY_MS) throw error;
    }
    await wakeUp.wait(LOOK_EVERY_MS, stopped);
  }
}

async function workerLoop(
  parts: WindowParts,
  stopped: AbortSignal,
  stop: AbortController,
  wake: () => void,
): Promise<void> {
  const { queue } = parts;
  while (!stopped.aborted) {
    const job = await take(queue, stop);
    if (!job) {
      await pause(WAIT_FOR_JOB_MS, undefined, { signal: stopped }).catch(() => {});
      continue;
    }
    try {
      await within(LOST_MS, () => processWindow(job, parts, stopped));
      await queue.complete(job);
    } catch (thrown) {
      const error = toSyncError(thrown);
      await failJob(job, error, parts);
      if (isFaultOfTheProcess(error)) stop.abort(error);
    }
    wake();
  }
}

/** A job, if there is one that this version can read: another version's is retried, for other workers. */
async function take(queue: WindowQueue, stop: AbortController): Promise<ActiveWindowJob | null> {
  try {
    return await queue.take();
  } catch (error) {
    if (isFaultOfTheProcess(error)) stop.abort(error);
    return null;
  }
}

/** If even that fails, the job expires and is retried. */
async function failJob(job: ActiveWindowJob, error: unknown, { queue, logger }: WindowParts): Promise<void> {
  const code = error instanceof SyncError ? error.code : "UNEXPECTED";
  if (!(error instanceof SyncError)) {
    logFault(logger, { event: "slice_failed", runId: job.runId, window: job.window }, error, "an unexpected failure");
  }
  await queue.fail(job, code).catch(() => {});
}

/** Ends a while after the signal: a page on a dead connection would block the stop forever. */
async function patience(stopped: AbortSignal): Promise<void> {
  if (!stopped.aborted) await once(stopped, "abort");
  await pause(PAGES_IN_HAND_MS, undefined, { ref: false });
}

type WakeSignal = ReturnType<typeof createWakeSignal>;

/** Ends a wait early, once a job has ended. */
function createWakeSignal() {
  let wake = () => {};
  return {
    wake: () => wake(),
    wait: (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(done, ms);
        function done() {
          clearTimeout(timer);
          signal.removeEventListener("abort", done);
          resolve();
        }
        wake = done;
        signal.addEventListener("abort", done, { once: true });
      }),
  };
}
