import { type AfterAnswer, type Rollcall, type RunKind, SyncError } from "@rollcall/sync";
import { type Logger, logFailure } from "@rollcall/sync/logger";
import { answerFailure } from "./answer-failure.ts";
import { callAgain } from "./call-again.ts";
import type { Handler } from "./endpoint.ts";
import { NO_STORE } from "./origin.ts";
import { requireSecret } from "./secret.ts";

const SCHEDULED_RUNS = { what: "Scheduled runs", caller: "scheduler", variable: "CRON_SECRET" };
// On a daily schedule, yesterday's full run is always older than this, even if today's call comes early. On an hourly one it is
// not, most hours.
const FULL_RUN_EVERY_MS = 20 * 60 * 60 * 1_000;

export interface CronParts {
  rollcall: Rollcall;
  /** The scheduler's secret. The endpoint is closed if it is missing or shorter than 16 characters. */
  cronSecret: string | undefined;
  logger: Logger;
  /** Where a request names none. */
  ownUrl: URL | undefined;
}

export interface CronAfterAnswer extends AfterAnswer {
  /**
   * This app's own URL of the route. A function that `stop` ends calls the next one there. It must come from the platform or the
   * operator, never from a request: the cron secret is sent there.
   */
  ownUrl?: URL | undefined;
}

/**
 * For a scheduler that sends the cron secret as Vercel does: `Authorization: Bearer …`. Continues the run that is in progress or
 * failed a while ago, or starts the run that is due. Answers `{runId, state}`, then works on it. If it cannot work, it answers
 * why. Delivers effects in any case, alongside the run.
 */
export const cronHandler =
  ({ rollcall, cronSecret, logger, ownUrl: usualUrl }: CronParts): Handler<CronAfterAnswer> =>
  async (request, { ownUrl = usualUrl, ...afterAnswer } = {}) => {
    const secret = requireSecret(request, cronSecret, SCHEDULED_RUNS);
    if (secret instanceof Response) return secret;
    rollcall.effects.deliverInBackground(afterAnswer);
    try {
      await rollcall.runs.resume();
      const { runId, state } = await rollcall.runs.start({ startedBy: "cron", kind: await kindDue(rollcall) });
      await rollcall.runs.probe();
      const afterwards = ownUrl && callAgain({ url: ownUrl, secret }, { rollcall, logger });
      rollcall.runs.workInBackground({ ...afterAnswer, afterwards });
      return Response.json({ runId, state }, { headers: NO_STORE });
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      // No person reads a scheduler's responses.
      logFailure(logger, { event: "cron_failed" }, error);
      return answerFailure(error);
    }
  };

/** Full if the last full run is too old. A run that waits for a confirmation has read all users, and keeps waiting. */
async function kindDue(rollcall: Rollcall): Promise<RunKind> {
  const last = await rollcall.runs.last({ kind: "full", states: ["done", "awaiting_confirmation"] });
  return last && Date.now() - last.startedAt.getTime() < FULL_RUN_EVERY_MS ? "incremental" : "full";
}
