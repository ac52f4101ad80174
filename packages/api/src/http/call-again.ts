import type { Rollcall } from "@rollcall/sync";
import { type Logger, logFault } from "@rollcall/sync/logger";

// The callee answers before it works.
const ANSWERS_WITHIN_MS = 15_000;

/** This app's own URL. It must come from the platform or the operator, never from a request: the secret is sent there. */
export interface OwnCronRoute {
  url: URL;
  secret: string;
}

/**
 * When this function runs out of time, calls the next one, which continues the run. The chain ends: a call is made only if the
 * previous one moved the run. A failed call is logged, and the next scheduled call continues the run.
 *
 * @returns a function to call when the work has ended. Create it when the work begins
 */
export function callAgain(
  { url, secret }: OwnCronRoute,
  { rollcall, logger }: { rollcall: Rollcall; logger: Logger },
): (stop: AbortSignal | undefined) => Promise<void> {
  const beganAt = performance.now();
  return async (stop) => {
    if (!stop?.aborted) return;
    try {
      const run = await rollcall.runs.active();
      if (!run || run.silentMs > performance.now() - beganAt) return;
      const answer = await fetch(url, {
        headers: { authorization: `Bearer ${secret}` },
        redirect: "error", // only this app may get the secret
        signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
      });
      await answer.body?.cancel();
      if (!answer.ok) logger.error({ event: "call_again_failed", status: answer.status }, "the next call was refused");
    } catch (error) {
      logFault(logger, { event: "call_again_failed" }, error, "the next call failed");
    }
  };
}
