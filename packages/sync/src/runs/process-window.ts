import type { CountedApi } from "../clerk/counted-api.ts";
import type { Database } from "../database/database.ts";
import { toSyncError } from "../database/database-error.ts";
import { type Logger, logFailure } from "../logger.ts";
import { isSyncErrorCode, SyncError, type SyncErrorCode } from "../sync-error.ts";
import { type SpanNotes, withSpan } from "../tracing.ts";
import type { WritePath } from "../write-path/write-path.ts";
import type { ClaimedWindow } from "./claimed-window.ts";
import { failRun } from "./end.ts";
import { logRun } from "./log-run.ts";
import { nextPage } from "./passes/next-page.ts";
import { endPause, noteProcessFault, pauseRun } from "./pause.ts";
import type { WindowJob, WindowQueue } from "./queue.ts";
import { addCalls, checkpoint, claimWindow, noteFailure, postpone } from "./window-store.ts";

export interface WindowParts {
  db: Database;
  queue: WindowQueue;
  clerk: CountedApi;
  writePath: WritePath;
  /** The instance that the key belongs to, if the database mirrors it. */
  instanceId: (options: { adopts: boolean }) => Promise<string>;
  logger: Logger;
}

// Far below the 30 s after which the job counts as lost with its worker.
const JOB_MS = 10_000;
// A page that fails, or kills its worker, must not be retried forever.
const ATTEMPTS = 10;
// A run waits for these errors: they are temporary.
const PASSING = new Set<SyncErrorCode>(["CLERK_RATE_LIMITED", "CLERK_ERROR", "CLERK_UNREACHABLE", "CLERK_TIMEOUT"]);
const FAULTS_OF_THE_PROCESS = new Set<SyncErrorCode>([
  "CLERK_UNAUTHORIZED",
  "INSTANCE_REFUSED",
  "NOT_CONFIGURED",
  "SCHEMA_MISMATCH",
]);

/** The key, the settings or the rights of this process are wrong: it must stop, and leaves the run to others. */
export const isFaultOfTheProcess = (error: unknown): error is SyncError =>
  error instanceof SyncError && FAULTS_OF_THE_PROCESS.has(error.code);

/**
 * Processes a window for ten seconds, page by page, and makes sure that it has a next job. Errors at Clerk pause the run. After
 * an hour of any errors without a page, it fails.
 *
 * @param stop ends the job after the current page
 * @throws a fault of the process, and any other error that pg-boss must retry
 */
export const processWindow = (job: WindowJob, parts: WindowParts, stop: AbortSignal): Promise<void> => {
  const attributes = { "rollcall.run_id": job.runId, "rollcall.window": job.window };
  return withSpan("rollcall.window", attributes, (span) => processPages(job, parts, stop, span));
};

async function processPages(
  job: WindowJob,
  parts: WindowParts,
  stop: AbortSignal,
  { note, fail }: SpanNotes,
): Promise<void> {
  const { db, queue, logger } = parts;
  const claimed = await withSpan("postgres claimWindow", {}, () => claimWindow(db, job));
  if (!claimed) return;
  note({
    "rollcall.run_kind": claimed.kind,
    "rollcall.dry_run": claimed.dryRun,
    "rollcall.attempts": claimed.attempts,
  });
  if (claimed.pausedForMs > 0) return postpone(db, queue, claimed, claimed.pausedForMs);
  if (claimed.attempts > ATTEMPTS) return failRun(db, logger, claimed, failureOf(claimed));
  const until = performance.now() + JOB_MS;
  const mayContinue = () => performance.now() < until && !stop.aborted;
  let next: ClaimedWindow | null = claimed;
  while (next) {
    const window: ClaimedWindow = next;
    try {
      next = await withSpan("rollcall.page", { "rollcall.pass": window.position.pass }, (span) =>
        processPage(window, parts, mayContinue, span),
      );
    } catch (thrown) {
      fail(SyncError.from(toSyncError(thrown)).code);
      return handleFailure(window, thrown, parts);
    }
  }
}

/** @returns the window's new state; null if the job ends */
async function processPage(
  window: ClaimedWindow,
  parts: WindowParts,
  mayContinue: () => boolean,
  { note: addToSpan }: SpanNotes,
): Promise<ClaimedWindow | null> {
  const { db, queue, clerk, writePath, logger } = parts;
  const instanceId = await parts.instanceId({ adopts: !window.dryRun });
  if (window.instanceId !== null && window.instanceId !== instanceId) {
    const message = `The run reads the Clerk instance ${window.instanceId}, and CLERK_SECRET_KEY belongs to ${instanceId}`;
    throw new SyncError("INSTANCE_REFUSED", message);
  }
  const apply = window.dryRun ? writePath.preview : writePath.applySnapshots;
  const result = await nextPage(window, { db, clerk, writePath, apply, instanceId });
  addToSpan({ "rollcall.users": result.applied?.length ?? 0 });
  const continues = mayContinue();
  const clerkCalls = clerk.uncounted();
  const moved = await withSpan("postgres checkpoint", {}, () =>
    checkpoint(db, queue, window, result, { clerkCalls, continues }),
  ).catch((error: unknown) => {
    clerk.putBack(clerkCalls);
    throw error;
  });
  if (moved.state === "lost") await addCalls(db, window, clerkCalls);
  if (moved.state === "run_done" || (moved.state === "window_ended" && moved.became)) {
    await logRun(db, logger, window.runId);
  }
  if (moved.state === "run_done" && moved.hasGrown) await writePath.analyse();
  if (moved.state !== "moved") return null;
  if (moved.wasPaused) await endPause(db, window.runId);
  if (!continues) return null;
  if (moved.window.pausedForMs === 0) return moved.window;
  // Another worker has used up the shared quota.
  await postpone(db, queue, moved.window, moved.window.pausedForMs);
  return null;
}

/** The page failed: the window waits, is left to another process, or the run fails. @throws as `processWindow` */
async function handleFailure(window: ClaimedWindow, thrown: unknown, parts: WindowParts): Promise<void> {
  const { db, queue, logger } = parts;
  const error = toSyncError(thrown);
  if (!(error instanceof SyncError)) throw error;
  if (isFaultOfTheProcess(error)) {
    await noteFaultOfTheProcess(window, error, parts).catch(() => {}); // the process ends with the fault, stored or not
    throw error;
  }
  const { code, message, retryAfterMs = 0 } = error;
  await note(window, code, parts, { countsAttempt: true });
  if (!PASSING.has(code)) {
    logFailure(logger, { event: "slice_failed", runId: window.runId, window: window.number }, error);
    throw error;
  }
  const trouble = await pauseRun(db, window.runId, retryAfterMs);
  if (trouble === "too_long") return failRun(db, logger, window, error);
  const ms = Math.round(trouble.pausedForMs);
  logger.warn({ event: "run_paused", runId: window.runId, window: window.number, code, ms }, message);
  await postpone(db, queue, window, trouble.pausedForMs);
}

async function noteFaultOfTheProcess(window: ClaimedWindow, error: SyncError, parts: WindowParts): Promise<void> {
  await note(window, error.code, parts, { countsAttempt: false });
  if ((await noteProcessFault(parts.db, window.runId)) === "too_long") {
    await failRun(parts.db, parts.logger, window, error);
  }
}

/** Stores why the window did not move, for people who look at the run, and how many calls to Clerk it cost. */
async function note(
  window: ClaimedWindow,
  code: SyncErrorCode,
  { db, clerk }: WindowParts,
  options: { countsAttempt: boolean },
): Promise<void> {
  await noteFailure(db, window, code, options);
  const clerkCalls = clerk.uncounted();
  await addCalls(db, window, clerkCalls).catch((error: unknown) => {
    clerk.putBack(clerkCalls);
    throw error;
  });
}

const failureOf = ({ lastError }: ClaimedWindow): { code: SyncErrorCode | null; message: string } => ({
  code: isSyncErrorCode(lastError) ? lastError : null,
  message: `The window did not move in ${ATTEMPTS} attempts: ${lastError ?? "its workers died"}`,
});
