import { type BackgroundOptions, createBackgroundWork, type BackgroundParts as WorkParts } from "../background-work.ts";
import type { Effects } from "../effects/effects.ts";
import { isUnderWay } from "./report.ts";
import type { Run } from "./run.ts";
import type { WorkOptions } from "./worker.ts";

export interface RunBackgroundOptions extends BackgroundOptions {
  /** Which run. Default: the one in progress. A dry run can only be selected by its id. */
  runId?: string | undefined;
}

export interface Background {
  /**
   * Works on the runs in progress, to their end or until the signal; the next worker does the rest. Then delivers the effects of
   * what was written. Never throws: an error is logged.
   *
   * @param options the defaults are those of `createRollcall`'s `afterAnswer`
   */
  workInBackground(options?: RunBackgroundOptions): void;
  /**
   * Works in the background if this run has failed, or is in progress and has not moved for 15 s: its workers were stopped with
   * their function, or killed. Does nothing if this process works on a run, or tried to less than 15 s ago.
   */
  resumeIfStalled(run: Run, options?: BackgroundOptions): void;
}

export interface BackgroundParts extends Pick<WorkParts, "afterAnswer" | "logger"> {
  deliverInBackground: Effects["deliverInBackground"];
}

// A page takes a second or two: after this long without one, the workers are most likely gone. If Clerk is slow, they may still
// be there: then this process works alongside them, as any other may.
const STALLED_AFTER_MS = 15_000;

/** Work on runs after a response. */
export function createBackground(
  work: (options: WorkOptions) => Promise<void>,
  { afterAnswer, logger, deliverInBackground }: BackgroundParts,
): Background {
  const failure = { event: "work_failed", message: "work on a run failed" } as const;
  const background = createBackgroundWork(
    (signal, runId?: string) => work({ ...(signal && { signal }), ...(runId !== undefined && { runId }) }),
    { afterAnswer, logger, failure },
  );
  let resumedAt = Number.NEGATIVE_INFINITY; // monotonic clock

  /** Delivers as part of the same work, so that the function lives as long. Slow handlers do not delay the next run: its turn has ended. */
  const start = ({ afterwards, runId, ...options }: RunBackgroundOptions = {}) => {
    const delivering: BackgroundOptions = {
      ...options,
      async afterwards(stop) {
        await afterwards?.(stop);
        const deliveries: Promise<void>[] = [];
        deliverInBackground({ stop, after: (deliver) => void deliveries.push(deliver()) });
        await Promise.all(deliveries);
      },
    };
    background.start(delivering, runId);
  };

  return {
    workInBackground: start,
    resumeIfStalled({ report: { state }, silentMs, pausedForMs }, options) {
      if (!isUnderWay(state) && state !== "failed") return;
      if (pausedForMs > 0 || silentMs < STALLED_AFTER_MS) return;
      const now = performance.now();
      if (background.isBusy() || now - resumedAt < STALLED_AFTER_MS) return;
      resumedAt = now;
      start(options);
    },
  };
}
