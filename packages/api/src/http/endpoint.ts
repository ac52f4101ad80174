import { SyncError } from "@rollcall/sync";
import { type Logger, logFault } from "@rollcall/sync/logger";
import { answerFailure } from "./answer-failure.ts";

/** What a route calls: with the request and, if the endpoint works after its response, with a way to do so. */
export type Handler<AfterAnswer = unknown> = (request: Request, afterAnswer?: AfterAnswer) => Promise<Response>;

/** An endpoint that answers its errors, too: a SyncError by its code, any other error as a logged 500. Never throws. */
export function endpoint<A>(name: string, logger: Logger, handle: Handler<A>): Handler<A> {
  return async (request, afterAnswer) => {
    try {
      return await handle(request, afterAnswer);
    } catch (thrown) {
      const error = SyncError.from(thrown);
      // Other errors were logged where they happened.
      if (error.code === "UNEXPECTED") {
        logFault(logger, { event: "endpoint_failed", endpoint: name }, error.cause ?? error, "an endpoint failed");
      }
      return answerFailure(error);
    }
  };
}
