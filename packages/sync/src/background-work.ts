import PQueue from "p-queue";
import { type Logger, logFailure, logFault } from "./logger.ts";
import { SyncError } from "./sync-error.ts";

/** How work continues after the response. */
export interface AfterAnswer {
  /** Runs work after the response was sent, like Next's `after`. Without it, the work starts immediately, alongside the response. */
  after?: ((work: () => Promise<void>) => void) | undefined;
  /** Ends the work after the current page: abort it shortly before the platform ends the request, or when the server stops. */
  stop?: AbortSignal | undefined;
}

export interface BackgroundOptions extends AfterAnswer {
  /** Called when the work has ended or failed, and no other work of this process is waiting to continue it. */
  afterwards?: ((stop: AbortSignal | undefined) => Promise<void>) | undefined;
}

export interface BackgroundParts {
  /** Called for each work, because the signal's time starts then. */
  afterAnswer: () => AfterAnswer;
  logger: Logger;
  /** What a failure logs. */
  failure: { event: "work_failed" | "effects_failed"; message: string };
}

export interface BackgroundWork<Task> {
  /** Never throws: an error is logged. */
  start(options?: BackgroundOptions, task?: Task): void;
  isBusy(): boolean;
}

/** One work at a time in this process. One more may wait, for what comes up while the previous work ends. */
export function createBackgroundWork<Task>(
  work: (stop: AbortSignal | undefined, task?: Task) => Promise<unknown>,
  { afterAnswer, logger, failure }: BackgroundParts,
): BackgroundWork<Task> {
  const queue = new PQueue({ concurrency: 1 });

  async function workOnce(stop: AbortSignal | undefined, task: Task | undefined): Promise<void> {
    if (stop?.aborted) return;
    try {
      await work(stop, task);
    } catch (error) {
      const { event, message } = failure;
      if (error instanceof SyncError) logFailure(logger, { event }, error);
      else logFault(logger, { event }, error, message);
    }
  }

  return {
    start({ afterwards, ...given } = {}, task) {
      const fallback = afterAnswer();
      const after = given.after ?? fallback.after;
      const stop = given.stop ?? fallback.stop;
      const workInTurn = async () => {
        if (queue.size > 0) return;
        await queue.add(() => workOnce(stop, task));
        await afterwards?.(stop);
      };
      try {
        if (after) return after(workInTurn);
      } catch {} // Next's `after` throws outside a request, as in a command: there is no response to wait for
      void workInTurn();
    },
    isBusy: () => queue.pending + queue.size > 0,
  };
}
