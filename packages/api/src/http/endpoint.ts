import { SyncError } from "@rollcall/sync";
import { type Logger, logFault } from "@rollcall/sync/logger";
import { answerFailure } from "./answer-failure.ts";

/** What a route calls: with the request, and with how work goes on after the answer where the endpoint has any. */
export type Handler<AfterAnswer = unknown> = (request: Request, afterAnswer?: AfterAnswer) => Promise<Response>;

/** An endpoint whose errors are answers, too: a SyncError by its code, anything else as a logged 500. Never throws. */
export function endpoint<A>(name: string, logger: Logger, handle: Handler<A>): Handler<A> {
  return async (request, afterAnswer) => {
    try {
      return await handle(request, afterAnswer);
    } catch (thrown) {
      const error = SyncError.from(thrown);
      // Any other error was logged where it arose.
      if (error.code === "UNEXPECTED") {
        logFault(logger, { event: "endpoint_failed", endpoint: name }, error.cause ?? error, "an endpoint failed");
      }
      return answerFailure(error);
    }
  };
}
