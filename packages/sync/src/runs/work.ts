import { setTimeout as pause } from "node:timers/promises";
import { toSyncError } from "../database-error.ts";
import { logFault } from "../logger.ts";
import { SyncError } from "../sync-error.ts";
import { openDryQueue } from "./dry-queue.ts";
import { openQueue, type SliceJob, type SliceQueue } from "./queue.ts";
import { isUnderWay } from "./report.ts";
import type { Run } from "./run.ts";
import type { RunStore } from "./run-store.ts";
import { type SliceParts, workOnSlice } from "./slice.ts";

export interface WorkOptions {
  /** Which run; without it the one that is under way. A dry run is worked on by its id alone. */
  runId?: string;
  /** Slices at a time, of this process. */
  workers?: number;
  /** Ends after the pages in hand; what is left is left to others. */
  signal?: AbortSignal;
  /** The run, about once a second and after each slice. */
  onProgress?: (run: Run) => void;
}

export interface WorkParts extends Omit<SliceParts, "queue"> {
  store: RunStore;
  connectionString: string;
}

const WORKERS = 4;
const LOOK_EVERY_MS = 1_000;
const REVIVE_EVERY_MS = 10_000;
const WAIT_FOR_JOB_MS = 500;
// A database that restarts is back by then; one that is away for longer is its operator's to look after.
const DATABASE_AWAY_MS = 15_000;

/**
 * Works on a run, beside as many other processes as there are, until it has ended. The queue is open, and the database
 * looked at, for that long alone.
 *
 * @throws SyncError DATABASE_UNREACHABLE where it was away for 15 s, INSTANCE_REFUSED
 */
export async function work(options: WorkOptions, { store, connectionString, ...parts }: WorkParts): Promise<void> {
  const { workers = WORKERS, signal } = options;
  const watched = () => (options.runId === undefined ? store.active() : store.get(options.runId));
  const run = await watched();
  if (!run) return;
  await using queue = run.report.dryRun ? openDryQueue() : await openQueue(connectionString, { logger: parts.logger });
  await store.revive(run.report.runId, queue);
  const stop = new AbortController();
  const stopped = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const news = createBell();
  const ended = await Promise.allSettled([
    lookAfter(watched, options, { store, queue, stopped, news }).finally(() => stop.abort()),
    ...Array.from({ length: workers }, () => takeSlices({ ...parts, queue }, stopped, stop, news.ring)),
  ]);
  const failure = ended.find(({ status }) => status === "rejected");
  if (failure?.status === "rejected") throw failure.reason;
  if (stop.signal.reason instanceof SyncError) throw stop.signal.reason;
}

/** Tells of the run, and revives it where it lies still, until there is nothing more to do. */
async function lookAfter(
  watched: () => Promise<Run | null>,
  { onProgress }: WorkOptions,
  { store, queue, stopped, news }: { store: RunStore; queue: SliceQueue; stopped: AbortSignal; news: Bell },
): Promise<void> {
  let answeredAt = performance.now();
  let revivedAt = performance.now();
  while (!stopped.aborted) {
    try {
      const run = await watched();
      if (run) onProgress?.(run);
      if (!run || !isUnderWay(run.report.state)) return;
      if (performance.now() - revivedAt > REVIVE_EVERY_MS) {
        await store.revive(run.report.runId, queue);
        revivedAt = performance.now();
      }
      answeredAt = performance.now();
    } catch (thrown) {
      const error = toSyncError(thrown);
      const isAway = error instanceof SyncError && error.code === "DATABASE_UNREACHABLE";
      if (!isAway || performance.now() - answeredAt > DATABASE_AWAY_MS) throw error;
    }
    await news.heard(LOOK_EVERY_MS, stopped);
  }
}

async function takeSlices(
  parts: SliceParts,
  stopped: AbortSignal,
  stop: AbortController,
  ring: () => void,
): Promise<void> {
  const { queue } = parts;
  while (!stopped.aborted) {
    const job = await queue.take().catch(() => null); // a job of another version's: it comes again, and others know it
    if (!job) {
      await pause(WAIT_FOR_JOB_MS, undefined, { signal: stopped }).catch(() => {});
      continue;
    }
    try {
      await workOnSlice(job, parts, stopped);
      await queue.complete(job);
    } catch (thrown) {
      await giveBack(job, thrown, parts);
      // Another instance was adopted while this worker went on with the former one's key: the run is others' to work on.
      if (thrown instanceof SyncError && thrown.code === "INSTANCE_REFUSED") stop.abort(thrown);
    }
    ring();
  }
}

/** Where even that fails, the job expires, and comes again. */
async function giveBack(job: SliceJob, thrown: unknown, { queue, logger }: SliceParts): Promise<void> {
  const error = toSyncError(thrown);
  const code = error instanceof SyncError ? error.code : "UNEXPECTED";
  if (!(error instanceof SyncError)) {
    logFault(logger, { event: "slice_failed", runId: job.runId, window: job.window }, thrown, "an unexpected failure");
  }
  await queue.fail(job, code).catch(() => {});
}

type Bell = ReturnType<typeof createBell>;

/** Wakes who waits for news, as soon as there are any. */
function createBell() {
  let wake = () => {};
  return {
    ring: () => wake(),
    heard: (ms: number, signal: AbortSignal) =>
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
