import { setTimeout as pause } from "node:timers/promises";
import { toSyncError } from "../database-error.ts";
import { SyncError } from "../sync-error.ts";
import { openQueue, type SliceJob, type SliceQueue } from "./queue.ts";
import type { Run } from "./run.ts";
import type { RunStore } from "./run-store.ts";
import { type SliceParts, workOnSlice } from "./slice.ts";

export interface WorkOptions {
  /** Ends when this run has; without it, when no run is under way. */
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
 * Works on the runs that are under way, beside as many other processes as there are, until they have ended. The queue is
 * open, and the database looked at, for that long alone.
 *
 * @throws SyncError DATABASE_UNREACHABLE where it was away for 15 s, INSTANCE_REFUSED
 */
export async function work(options: WorkOptions, { store, connectionString, ...parts }: WorkParts): Promise<void> {
  const { workers = WORKERS, signal } = options;
  await using queue = await openQueue(connectionString);
  await store.revive(queue);
  const stop = new AbortController();
  const stopped = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const news = createBell();
  const crew = Array.from({ length: workers }, () => takeSlices({ ...parts, queue }, stopped, stop, news.ring));
  try {
    await lookAfter(options, store, queue, stopped, news);
  } finally {
    stop.abort();
    await Promise.all(crew);
  }
  if (stop.signal.reason instanceof SyncError) throw stop.signal.reason;
}

/** Tells of the run in view, and revives what lies still, until there is nothing more to do. */
async function lookAfter(
  { runId, onProgress }: WorkOptions,
  store: RunStore,
  queue: SliceQueue,
  stopped: AbortSignal,
  news: ReturnType<typeof createBell>,
): Promise<void> {
  let answeredAt = performance.now();
  let revivedAt = performance.now();
  while (!stopped.aborted) {
    try {
      const runs = await store.active();
      const watched = runId ? await store.get(runId) : (runs.find(({ report }) => !report.dryRun) ?? runs[0]);
      if (watched) onProgress?.(watched);
      if (!runs.some(({ report }) => !runId || report.runId === runId)) return;
      if (performance.now() - revivedAt > REVIVE_EVERY_MS) {
        await store.revive(queue);
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
    const job = await queue.take();
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
    logger.error({ event: "slice_failed", runId: job.runId, window: job.window, err: thrown }, "an unexpected failure");
  }
  await queue.fail(job, code).catch(() => {});
}

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
