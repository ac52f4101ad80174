import { setTimeout as pause } from "node:timers/promises";
import { type ClerkApi, ClerkRefusal } from "../clerk/clerk-api.ts";
import { countUsers, getInstanceId, type ListParameters, listUsers, type UserPage } from "../clerk/directory.ts";
import { SyncError } from "../sync-error.ts";
import type { WritePath } from "../write-path/write-path.ts";
import { readPage } from "./read-page.ts";
import { countIn, type RunReport } from "./report.ts";
import { afterRefusal, nextRequest, openWindow, startsOver, step, type Window } from "./walk.ts";

export interface FullRunOptions {
  /** Ends the run after the page in hand. */
  signal?: AbortSignal;
  /** At the start and after each page; `total` = users at Clerk when the run began. */
  onProgress?: (report: RunReport, total: number) => void | Promise<void>;
  /** Clerk's quota is used up, or Clerk is away: the run goes on after that many ms. */
  onPause?: (error: SyncError, ms: number) => void;
}

// Without a bound a run would wait for ever for a quota that somebody else uses up, or for a Clerk that is gone.
const LONGEST_PAUSE_MS = 60 * 60_000;
const TRIES = 5;
const FIRST_PAUSE_MS = 500;

/**
 * Carries the whole directory into the database, page by page. What was applied stays applied, however the run ends.
 *
 * @returns the report; its state is `done`, or `cancelled` where the signal ended it
 * @throws SyncError SCHEMA_MISMATCH, DATABASE_UNREACHABLE, CLERK_UNAUTHORIZED at once; other errors of Clerk's after five tries,
 * CLERK_RATE_LIMITED after an hour of pauses without a page
 */
export async function fullRun(
  planned: RunReport,
  clerk: ClerkApi,
  writePath: WritePath,
  options: FullRunOptions = {},
): Promise<RunReport> {
  const { dryRun } = planned;
  const { signal, onProgress } = options;
  const startedAt = performance.now();
  let report: RunReport = { ...planned, state: "running" };
  const ask = <T>(question: () => Promise<T>) => patiently(question, options);
  const standing = (state: "running" | "done" | "cancelled"): RunReport => ({
    ...report,
    state,
    clerkCalls: clerk.calls(),
    durationMs: Math.round(performance.now() - startedAt),
  });

  try {
    await writePath.checkTables();
    const instanceId = await ask(() => getInstanceId(clerk));
    const total = await ask(() => countUsers(clerk));
    // Whoever signs up from now on comes by himself; without this bound a walk over a busy directory might never end.
    const newest = await ask(() => listUsers(clerk, { order_by: "-created_at", limit: 1 }));
    const [last] = readPage(newest.users, { instanceId, at: null }).listed;

    await onProgress?.(standing("running"), total);
    let window: Window | null = last ? openWindow(Number.NEGATIVE_INFINITY, last.createdAt + 1) : null;
    while (window) {
      if (signal?.aborted) return standing("cancelled");
      const request = nextRequest(window);
      const answer = await ask(() => pageAt(clerk, request));
      const page = readPage(answer?.users ?? [], { instanceId, at: answer?.at ?? null });
      if (!answer || startsOver(window, page.listed)) {
        window = afterRefusal(window);
        continue;
      }
      const { fresh, window: next } = step(window, page.listed);
      const snapshots = fresh.flatMap(({ id }) => page.snapshots.get(id) ?? []);
      const unusable = fresh.flatMap(({ id }) => page.unusable.get(id) ?? []);
      const applied = dryRun ? await writePath.preview(snapshots) : await writePath.applySnapshots(snapshots);
      report = countIn(report, [...applied, ...unusable, ...page.unplaced]);
      window = next;
      await onProgress?.(standing("running"), total);
    }
    if (!dryRun && report.created > 0) await writePath.analyse();
    return standing("done");
  } catch (error) {
    if (signal?.aborted) return standing("cancelled"); // it was waiting for Clerk
    throw error;
  }
}

/** A page, or null where Clerk refuses the cursor. */
async function pageAt(clerk: ClerkApi, parameters: ListParameters): Promise<UserPage | null> {
  try {
    return await listUsers(clerk, parameters);
  } catch (error) {
    if (parameters.starting_after !== undefined && error instanceof ClerkRefusal) return null;
    throw error;
  }
}

/** Asks again after a pause where time may help; a 429 says itself how long it takes. */
async function patiently<T>(
  question: () => Promise<T>,
  { signal, onPause }: Pick<FullRunOptions, "signal" | "onPause">,
): Promise<T> {
  let paused = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      return await question();
    } catch (error) {
      if (!(error instanceof SyncError) || error instanceof ClerkRefusal || signal?.aborted) throw error;
      const ms = pauseAfter(error, attempt);
      paused += ms;
      if (paused > LONGEST_PAUSE_MS) throw error;
      onPause?.(error, ms);
      await pause(ms, undefined, signal ? { signal } : {});
    }
  }
}

function pauseAfter(error: SyncError, attempt: number): number {
  switch (error.code) {
    case "CLERK_RATE_LIMITED":
      return Math.max(error.retryAfterMs ?? 0, FIRST_PAUSE_MS); // "at once" would be for ever, and without a bound
    case "CLERK_UNREACHABLE":
    case "CLERK_TIMEOUT":
    case "CLERK_ERROR":
      return attempt < TRIES ? FIRST_PAUSE_MS * 2 ** attempt : Number.POSITIVE_INFINITY;
    default:
      return Number.POSITIVE_INFINITY;
  }
}
