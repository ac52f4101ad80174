import type { CountedApi } from "../clerk/counted-api.ts";
import type { Database } from "../database/database.ts";
import { toSyncError } from "../database/database-error.ts";
import { type Logger, logFailure } from "../logger.ts";
import { isSyncErrorCode, SyncError, type SyncErrorCode } from "../sync-error.ts";
import type { WritePath } from "../write-path/write-path.ts";
import type { ClaimedWindow } from "./claimed-window.ts";
import { failRun } from "./end-run.ts";
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
  /** The instance that the key belongs to, where the database mirrors it. */
  instanceId: (options: { adopts: boolean }) => Promise<string>;
  logger: Logger;
}

// Far below the 30 s after which the job counts as lost with its worker.
const JOB_MS = 10_000;
// A page that fails, or kills its worker, must not be tried for ever.
const ATTEMPTS = 10;
// A run waits for these: they pass without anybody's doing.
const PASSING = new Set<SyncErrorCode>(["CLERK_RATE_LIMITED", "CLERK_ERROR", "CLERK_UNREACHABLE", "CLERK_TIMEOUT"]);
const FAULTS_OF_THE_PROCESS = new Set<SyncErrorCode>([
  "CLERK_UNAUTHORIZED",
  "INSTANCE_REFUSED",
  "NOT_CONFIGURED",
  "SCHEMA_MISMATCH",
]);

/** The key, the settings or the rights of this process do not do: it must stop, and the run is left to others. */
export const isFaultOfTheProcess = (error: unknown): error is SyncError =>
  error instanceof SyncError && FAULTS_OF_THE_PROCESS.has(error.code);

/**
 * Carries a window on for ten seconds, a page at a time, and makes sure that it has a next job. Trouble at Clerk pauses the
 * run; after an hour of any trouble without a page it fails.
 *
 * @param stop ends the slice after the page in hand
 * @throws a fault of the process, and whatever else pg-boss is to try again
 */
export async function processWindow(slice: WindowJob, parts: WindowParts, stop: AbortSignal): Promise<void> {
  const { db, queue, logger } = parts;
  const begun = await claimWindow(db, slice);
  if (!begun) return;
  if (begun.pausedForMs > 0) return postpone(db, queue, begun, begun.pausedForMs);
  if (begun.attempts > ATTEMPTS) return failRun(db, logger, begun, whatStopped(begun));
  const until = performance.now() + JOB_MS;
  const goesOn = () => performance.now() < until && !stop.aborted;
  let next: ClaimedWindow | null = begun;
  while (next) {
    const held: ClaimedWindow = next;
    try {
      next = await takePage(held, parts, goesOn);
    } catch (thrown) {
      return handleFailure(held, thrown, parts);
    }
  }
}

/** @returns the window as it stands then; null where the slice ends */
async function takePage(held: ClaimedWindow, parts: WindowParts, goesOn: () => boolean): Promise<ClaimedWindow | null> {
  const { db, queue, clerk, writePath, logger } = parts;
  const instanceId = await parts.instanceId({ adopts: !held.dryRun });
  if (held.instanceId !== null && held.instanceId !== instanceId) {
    const message = `The run reads the Clerk instance ${held.instanceId}, and CLERK_SECRET_KEY belongs to ${instanceId}`;
    throw new SyncError("INSTANCE_REFUSED", message);
  }
  const apply = held.dryRun ? writePath.preview : writePath.applySnapshots;
  const step = await nextPage(held, { db, clerk, writePath, apply, instanceId });
  const goingOn = goesOn();
  const clerkCalls = clerk.uncounted();
  const moved = await checkpoint(db, queue, held, step, { clerkCalls, goesOn: goingOn }).catch((error: unknown) => {
    clerk.putBack(clerkCalls);
    throw error;
  });
  if (moved.state === "lost") await addCalls(db, held, clerkCalls);
  if (moved.state === "run_done" || (moved.state === "window_ended" && moved.became)) {
    await logRun(db, logger, held.runId);
  }
  if (moved.state === "run_done" && moved.hasGrown) await writePath.analyse();
  if (moved.state !== "held") return null;
  if (moved.wasPaused) await endPause(db, held.runId);
  if (!goingOn) return null;
  if (moved.held.pausedForMs === 0) return moved.held;
  // Somebody else has used up the quota: it is this worker's, too.
  await postpone(db, queue, moved.held, moved.held.pausedForMs);
  return null;
}

/** The page did not come: the window waits, is left to another process, or the run fails. @throws as `workOnSlice` */
async function handleFailure(held: ClaimedWindow, thrown: unknown, parts: WindowParts): Promise<void> {
  const { db, queue, logger } = parts;
  const error = toSyncError(thrown);
  if (!(error instanceof SyncError)) throw error;
  if (isFaultOfTheProcess(error)) {
    await noteFaultOfTheProcess(held, error, parts).catch(() => {}); // the process ends with the fault, noted or not
    throw error;
  }
  const { code, message, retryAfterMs = 0 } = error;
  await note(held, code, parts, { countsAttempt: true });
  if (!PASSING.has(code)) {
    logFailure(logger, { event: "slice_failed", runId: held.runId, window: held.number }, error);
    throw error;
  }
  const trouble = await pauseRun(db, held.runId, retryAfterMs);
  if (trouble === "too_long") return failRun(db, logger, held, error);
  const fields = { event: "run_paused", runId: held.runId, window: held.number, code };
  logger.warn({ ...fields, ms: Math.round(trouble.pausedForMs) }, message);
  await postpone(db, queue, held, trouble.pausedForMs);
}

async function noteFaultOfTheProcess(held: ClaimedWindow, error: SyncError, parts: WindowParts): Promise<void> {
  await note(held, error.code, parts, { countsAttempt: false });
  if ((await noteProcessFault(parts.db, held.runId)) === "too_long") {
    await failRun(parts.db, parts.logger, held, error);
  }
}

/** Why the window did not move, for those who look at the run, and what was asked of Clerk all the same. */
async function note(
  held: ClaimedWindow,
  code: SyncErrorCode,
  { db, clerk }: WindowParts,
  options: { countsAttempt: boolean },
): Promise<void> {
  await noteFailure(db, held, code, options);
  const clerkCalls = clerk.uncounted();
  await addCalls(db, held, clerkCalls).catch((error: unknown) => {
    clerk.putBack(clerkCalls);
    throw error;
  });
}

const whatStopped = ({ lastError }: ClaimedWindow): { code: SyncErrorCode | null; message: string } => ({
  code: isSyncErrorCode(lastError) ? lastError : null,
  message: `The window did not move in ${ATTEMPTS} attempts: ${lastError ?? "its workers died over it"}`,
});
