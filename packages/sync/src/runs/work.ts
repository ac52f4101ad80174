import { setTimeout as pause } from "node:timers/promises";
import { toSyncError } from "../database-error.ts";
import { SyncError } from "../sync-error.ts";
import { openQueue, type SliceQueue } from "./queue.ts";
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

/**
 * Works on the runs that are under way, beside as many other processes as there are, until they have ended. The queue is
 * open, and the database looked at, for that long alone.
 *
 * @throws SyncError DATABASE_UNREACHABLE, INSTANCE_REFUSED
 */
export async function work(
  { runId, workers = WORKERS, signal, onProgress }: WorkOptions,
  { store, connectionString, ...parts }: WorkParts,
): Promise<void> {
  await using queue = await openQueue(connectionString);
  const stop = new AbortController();
  const end = () => stop.abort();
  signal?.addEventListener("abort", end, { once: true });
  if (signal?.aborted) end();
  const news = createBell();
  await store.revive(queue);
  let revivedAt = performance.now();
  const sliceParts = { ...parts, queue };
  let refusal: SyncError | undefined;
  const refuse = (error: SyncError) => {
    refusal = error;
    end();
  };
  const crew = Array.from({ length: workers }, () => takeSlices(sliceParts, stop.signal, news.ring, refuse));
  try {
    while (!stop.signal.aborted) {
      const runs = await store.active();
      const watched = runId ? await store.get(runId) : (runs.find(({ report }) => !report.dryRun) ?? runs[0] ?? null);
      if (watched) onProgress?.(watched);
      if (!runs.some(({ report }) => !runId || report.runId === runId)) break;
      if (performance.now() - revivedAt > REVIVE_EVERY_MS) {
        await store.revive(queue);
        revivedAt = performance.now();
      }
      await news.heard(LOOK_EVERY_MS, stop.signal);
    }
  } finally {
    end();
    signal?.removeEventListener("abort", end);
    await Promise.all(crew);
  }
  if (refusal) throw refusal;
}

async function takeSlices(
  parts: SliceParts,
  stop: AbortSignal,
  ring: () => void,
  refuse: (error: SyncError) => void,
): Promise<void> {
  const { queue } = parts;
  while (!stop.aborted) {
    const job = await queue.take().catch(() => null); // a database that is away is told by who looks at the run
    if (!job) {
      await pause(WAIT_FOR_JOB_MS, undefined, { signal: stop }).catch(() => {});
      continue;
    }
    try {
      await workOnSlice(job, parts, stop);
      await queue.complete(job);
    } catch (thrown) {
      await giveBack(job, thrown, parts);
      // Another instance was adopted while this worker went on with the former one's key: the run is others' to work on.
      if (thrown instanceof SyncError && thrown.code === "INSTANCE_REFUSED") refuse(thrown);
    }
    ring();
  }
}

/** Where even that fails, the job expires, and comes again. */
async function giveBack(
  job: Parameters<SliceQueue["fail"]>[0],
  thrown: unknown,
  { queue, logger }: SliceParts,
): Promise<void> {
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
