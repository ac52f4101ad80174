import { isUnderWay, type Logger, type Rollcall, type Run, SyncError } from "@rollcall/sync";
import { logFailure, logFault } from "@rollcall/sync/logger";
import PQueue from "p-queue";
import type { RollcallContext } from "./context.ts";

export interface BackgroundOptions extends Pick<RollcallContext, "after" | "stop"> {
  /** Where it is told of why work could not be done; without it nowhere. */
  logger?: Logger | undefined;
  /** Called when the work has ended, or could not be done, and nobody else of this process goes on with it. */
  afterwards?: (() => Promise<void>) | undefined;
}

// A page takes a second or two: after so long without one, those who worked on the run are most likely gone. Where Clerk
// is slow they may not be: then this process works beside them, as any other may.
const STALLED_AFTER_MS = 15_000;

/** One at a time in this process; the next one in line is there for the run that began while the one before was ending. */
interface WorkQueue {
  queue: PQueue;
  /** On the monotonic clock; when a stalled run was last taken up. */
  tookUpAt: number;
}
const lines = new WeakMap<Rollcall, WorkQueue>();

function workQueueOf(rollcall: Rollcall): WorkQueue {
  const line = lines.get(rollcall) ?? { queue: new PQueue({ concurrency: 1 }), tookUpAt: Number.NEGATIVE_INFINITY };
  lines.set(rollcall, line);
  return line;
}

/**
 * Works on the runs under way after the answer was sent, to their end or until the signal: what is left then is left to
 * whoever comes next. Never throws: a failure is logged.
 */
export function keepWorking(rollcall: Rollcall, { after, stop, logger, afterwards }: BackgroundOptions): void {
  const { queue } = workQueueOf(rollcall);
  const work = async () => {
    if (queue.size > 0) return;
    await queue.add(() => workOnce(rollcall, stop, logger));
    await afterwards?.();
  };
  if (after) after(work);
  else void work();
}

/**
 * Keeps a run going that somebody looks at, where it has not moved for 15 s, or has failed: those who worked on it were
 * stopped with their function, or killed. One that this process works on already, or tried to a moment ago, is left alone.
 */
export function resumeIfStalled(
  { report: { state }, silentMs, pausedForMs }: Run,
  rollcall: Rollcall,
  workplace: BackgroundOptions,
): void {
  if (!isUnderWay(state) && state !== "failed") return;
  if (pausedForMs > 0 || silentMs < STALLED_AFTER_MS) return;
  const line = workQueueOf(rollcall);
  const now = performance.now();
  if (line.queue.pending + line.queue.size > 0 || now - line.tookUpAt < STALLED_AFTER_MS) return;
  line.tookUpAt = now;
  keepWorking(rollcall, workplace);
}

async function workOnce(rollcall: Rollcall, stop: AbortSignal | undefined, logger: Logger | undefined): Promise<void> {
  if (stop?.aborted) return;
  try {
    await rollcall.runs.work(stop ? { signal: stop } : {});
  } catch (error) {
    if (!logger) return;
    const event = { event: "work_failed" };
    if (error instanceof SyncError) logFailure(logger, event, error);
    else logFault(logger, event, error, "work on a run failed");
  }
}
