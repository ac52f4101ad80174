import type { Rollcall } from "@rollcall/sync";
import { type Logger, logFault } from "@rollcall/sync/logger";

// The callee answers before it works.
const ANSWERS_WITHIN_MS = 15_000;

/** Where this app answers: given by the platform or by its operator, and never by a request, since the secret goes there. */
export interface OwnCronRoute {
  url: URL;
  secret: string;
}

/**
 * Has the next function go on with the run when this one has run out of time. The calls end: each is made only where the
 * one before has moved the run. What fails is logged, and the next scheduled call goes on.
 *
 * @returns what to do when the work has ended; to be made when it begins
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
        redirect: "error", // the secret is for this app alone
        signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
      });
      await answer.body?.cancel();
      if (!answer.ok) logger.error({ event: "call_again_failed", status: answer.status }, "the next call was refused");
    } catch (error) {
      logFault(logger, { event: "call_again_failed" }, error, "the next call could not be made");
    }
  };
}
