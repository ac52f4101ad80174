import PQueue from "p-queue";
import { type Logger, logFailure, logFault } from "../logger.ts";
import { SyncError } from "../sync-error.ts";
import { isUnderWay } from "./report.ts";
import type { Run } from "./run.ts";
import type { WorkOptions } from "./worker.ts";

/** How work continues after the response. */
export interface AfterAnswer {
  /** Runs work after the response was sent, like Next's `after`. Without it, the work starts immediately, alongside the response. */
  after?: ((work: () => Promise<void>) => void) | undefined;
  /** Ends the work after the current page: abort it shortly before the platform ends the request, or when the server stops. */
  stop?: AbortSignal | undefined;
}

export interface BackgroundOptions extends AfterAnswer {
  /** Which run. Default: the one in progress. A dry run can only be selected by its id. */
  runId?: string | undefined;
  /** Called when the work has ended or failed, and no other work of this process is waiting to continue it. */
  afterwards?: ((stop: AbortSignal | undefined) => Promise<void>) | undefined;
}

export interface Background {
  /**
   * Works on the runs in progress, to their end or until the signal; the next worker does the rest. Never throws: an error is
   * logged.
   *
   * @param options the defaults are those of `createRollcall`'s `afterAnswer`
   */
  workInBackground(options?: BackgroundOptions): void;
  /**
   * Works in the background if this run has failed, or is in progress and has not moved for 15 s: its workers were stopped with
   * their function, or killed. Does nothing if this process works on a run, or tried to less than 15 s ago.
   */
  resumeIfStalled(run: Run, options?: BackgroundOptions): void;
}

// A page takes a second or two: after this long without one, the workers are most likely gone. If Clerk is slow, they may still
// be there: then this process works alongside them, as any other may.
const STALLED_AFTER_MS = 15_000;

export interface BackgroundParts {
  /** Called for each work, because the signal's time starts then. */
  afterAnswer: () => AfterAnswer;
  logger: Logger;
}

/** One work at a time in this process. One more may wait, for a run that starts while the previous work ends. */
export function createBackground(
  work: (options: WorkOptions) => Promise<void>,
  { afterAnswer, logger }: BackgroundParts,
): Background {
  const queue = new PQueue({ concurrency: 1 });
  let resumedAt = Number.NEGATIVE_INFINITY; // monotonic clock

  async function workOnce(stop: AbortSignal | undefined, runId: string | undefined): Promise<void> {
    if (stop?.aborted) return;
    try {
      await work({ ...(stop && { signal: stop }), ...(runId !== undefined && { runId }) });
    } catch (error) {
      const event = { event: "work_failed" };
      if (error instanceof SyncError) logFailure(logger, event, error);
      else logFault(logger, event, error, "work on a run failed");
    }
  }

  const background: Background = {
    workInBackground({ afterwards, runId, ...given } = {}) {
      const fallback = afterAnswer();
      const after = given.after ?? fallback.after;
      const stop = given.stop ?? fallback.stop;
      const workInTurn = async () => {
        if (queue.size > 0) return;
        await queue.add(() => workOnce(stop, runId));
        await afterwards?.(stop);
      };
      if (after) after(workInTurn);
      else void workInTurn();
    },
    resumeIfStalled({ report: { state }, silentMs, pausedForMs }, options) {
      if (!isUnderWay(state) && state !== "failed") return;
      if (pausedForMs > 0 || silentMs < STALLED_AFTER_MS) return;
      const now = performance.now();
      if (queue.pending + queue.size > 0 || now - resumedAt < STALLED_AFTER_MS) return;
      resumedAt = now;
      background.workInBackground(options);
    },
  };
  return background;
}
