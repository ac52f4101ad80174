import type { CountedApi } from "../clerk/counted-api.ts";
import type { Database } from "../database.ts";
import { toSyncError } from "../database-error.ts";
import { type Logger, logFailure } from "../logger.ts";
import { isSyncErrorCode, SyncError, type SyncErrorCode } from "../sync-error.ts";
import type { WritePath } from "../write-path/write-path.ts";
import { beginSlice, checkpoint, noteFailure, postpone } from "./checkpoint.ts";
import { failRun } from "./end-run.ts";
import type { Held } from "./held.ts";
import { endPause, pauseRun } from "./pause.ts";
import type { Slice, SliceQueue } from "./queue.ts";
import { takeStep } from "./steps/take-step.ts";

export interface SliceParts {
  db: Database;
  queue: SliceQueue;
  clerk: CountedApi;
  writePath: WritePath;
  /** The instance that the key belongs to, where the database mirrors it. */
  instanceId: (options: { adopts: boolean }) => Promise<string>;
  logger: Logger;
}

// Far below the 30 s after which the job counts as lost with its worker.
const SLICE_MS = 10_000;
// A page that fails, or kills its worker, must not be tried for ever.
const ATTEMPTS = 10;
// Trouble at Clerk passes, or not: a run that could not even begin says so in ten seconds, one that is under way has the
// patience of half a minute; whoever starts it again goes on from there.
const RETRY_AFTER_MS = {
  beginning: [1_000],
  underWay: [1_000, 1_000, 1_000, 2_000, 2_000, 4_000, 4_000, 8_000, 8_000],
};
const PASSING = new Set<SyncErrorCode>(["CLERK_ERROR", "CLERK_UNREACHABLE", "CLERK_TIMEOUT"]);
// "Retry at once" would be for ever, and without a bound.
const SHORTEST_PAUSE_MS = 500;
// No pause helps: somebody has to change something first.
const FINAL = new Set<SyncErrorCode>(["CLERK_UNAUTHORIZED", "NOT_CONFIGURED", "SCHEMA_MISMATCH"]);

/**
 * Carries a window on for ten seconds, a page at a time, and sees to it that it has a next job. Where trying again cannot
 * help, the run fails.
 *
 * @param stop ends the slice after the page in hand
 * @throws where trying again may help: pg-boss then does
 */
export async function workOnSlice(slice: Slice, parts: SliceParts, stop: AbortSignal): Promise<void> {
  const { db, queue, logger } = parts;
  const begun = await beginSlice(db, slice);
  if (!begun) return;
  if (begun.pausedForMs > 0) return postpone(db, queue, begun, begun.pausedForMs);
  if (begun.attempts > ATTEMPTS) return failRun(db, logger, begun, whatStopped(begun));
  const until = performance.now() + SLICE_MS;
  const goesOn = () => performance.now() < until && !stop.aborted;
  let next: Held | null = begun;
  while (next) {
    const held: Held = next;
    try {
      next = await takePage(held, parts, goesOn);
    } catch (thrown) {
      return leave(held, thrown, parts);
    }
  }
}

/** @returns the window as it stands then; null where the slice ends */
async function takePage(held: Held, parts: SliceParts, goesOn: () => boolean): Promise<Held | null> {
  const { db, queue, clerk, writePath } = parts;
  const instanceId = await parts.instanceId({ adopts: !held.dryRun });
  if (held.instanceId !== null && held.instanceId !== instanceId) {
    const message = `The run reads the Clerk instance ${held.instanceId}, and CLERK_SECRET_KEY belongs to ${instanceId}`;
    throw new SyncError("INSTANCE_REFUSED", message);
  }
  const apply = held.dryRun ? writePath.preview : writePath.applySnapshots;
  const step = await takeStep(held, { db, clerk, writePath, apply, instanceId });
  const goingOn = goesOn();
  const moved = await checkpoint(db, queue, held, step, { clerkCalls: clerk.uncounted(), goesOn: goingOn });
  if (moved.state === "run_done" && moved.hasGrown) await writePath.analyse();
  if (moved.state !== "held") return null;
  if (moved.wasPaused) await endPause(db, held.runId);
  if (!goingOn) return null;
  if (moved.held.pausedForMs === 0) return moved.held;
  // Somebody else has used up the quota: it is this worker's, too.
  await postpone(db, queue, moved.held, moved.held.pausedForMs);
  return null;
}

/** The page did not come: the window waits, or the run fails. @throws where trying again may help */
async function leave(held: Held, thrown: unknown, { db, queue, logger }: SliceParts): Promise<void> {
  const error = toSyncError(thrown);
  if (!(error instanceof SyncError)) throw error;
  const { code, message } = error;
  if (code === "CLERK_RATE_LIMITED") {
    const afterMs = Math.max(error.retryAfterMs ?? 0, SHORTEST_PAUSE_MS);
    logger.warn({ event: "run_paused", runId: held.runId, code, ms: afterMs }, message);
    if ((await pauseRun(db, held.runId, afterMs)) === "too_long") return failRun(db, logger, held, error);
    return postpone(db, queue, held, afterMs);
  }
  if (FINAL.has(code)) return failRun(db, logger, held, error);
  logFailure(logger, { event: "slice_failed", runId: held.runId, window: held.number }, error);
  await noteFailure(db, held, code);
  if (!PASSING.has(code)) throw error;
  await postpone(db, queue, held, retryAfter(held), { countsAttempt: true });
}

function retryAfter({ position, attempts }: Held): number {
  const delays = position.pass === "plan" ? RETRY_AFTER_MS.beginning : RETRY_AFTER_MS.underWay;
  return delays[Math.max(0, Math.min(attempts, delays.length) - 1)] ?? 0;
}

const whatStopped = ({ lastError }: Held): { code: SyncErrorCode | null; message: string } => ({
  code: isSyncErrorCode(lastError) ? lastError : null,
  message: `The window did not move in ${ATTEMPTS} attempts: ${lastError ?? "its workers died over it"}`,
});
