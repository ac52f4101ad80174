import PQueue from "p-queue";
import { type Logger, logFailure, logFault } from "../logger.ts";
import { SyncError } from "../sync-error.ts";
import { isUnderWay } from "./report.ts";
import type { Run } from "./run.ts";
import type { WorkOptions } from "./worker.ts";

/** How work goes on after an answer. */
export interface AfterAnswer {
  /** Runs work after the response was sent, as Next's `after`; without it the work begins at once, beside the response. */
  after?: ((work: () => Promise<void>) => void) | undefined;
  /** Ends the work after the page in hand: shortly before the platform ends the request, or when the server stops. */
  stop?: AbortSignal | undefined;
}

export interface BackgroundOptions extends AfterAnswer {
  /** Called when the work has ended or failed, and no other work of this process is waiting to continue it. */
  afterwards?: ((stop: AbortSignal | undefined) => Promise<void>) | undefined;
}

export interface Background {
  /**
   * Works on the runs under way, to their end or until the signal; what is left then is left to the next worker. Never
   * throws: a failure is logged.
   *
   * @param options what is not given is as `createRollcall`'s `afterAnswer` says
   */
  workInBackground(options?: BackgroundOptions): void;
  /**
   * Works in the background if this run has failed, or is under way and has not moved for 15 s: its workers were stopped
   * with their function, or killed. Does nothing while this process works on a run, or tried to less than 15 s ago.
   */
  resumeIfStalled(run: Run, options?: BackgroundOptions): void;
}

// A page takes a second or two: after this long without one, the workers are most likely gone. Where Clerk is slow they
// may still be there: then this process works beside them, as any other may.
const STALLED_AFTER_MS = 15_000;

export interface BackgroundParts {
  /** Called for each work, since a signal's time begins with it. */
  afterAnswer: () => AfterAnswer;
  logger: Logger;
}

/** One work at a time in this process. One more may wait, for a run that begins while the work before it is ending. */
export function createBackground(
  work: (options: WorkOptions) => Promise<void>,
  { afterAnswer, logger }: BackgroundParts,
): Background {
  const queue = new PQueue({ concurrency: 1 });
  let resumedAt = Number.NEGATIVE_INFINITY; // monotonic clock

  async function workOnce(stop: AbortSignal | undefined): Promise<void> {
    if (stop?.aborted) return;
    try {
      await work(stop ? { signal: stop } : {});
    } catch (error) {
      const event = { event: "work_failed" };
      if (error instanceof SyncError) logFailure(logger, event, error);
      else logFault(logger, event, error, "work on a run failed");
    }
  }

  const background: Background = {
    workInBackground({ afterwards, ...given } = {}) {
      const fallback = afterAnswer();
      const after = given.after ?? fallback.after;
      const stop = given.stop ?? fallback.stop;
      const workInTurn = async () => {
        if (queue.size > 0) return;
        await queue.add(() => workOnce(stop));
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
