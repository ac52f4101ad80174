import { logger } from "@rollcall/auth";
import { logFault, SyncError } from "@rollcall/sync";
import { answerFailure } from "./answer-failure.ts";

type Handler<Rest extends unknown[]> = (request: Request, ...rest: Rest) => Promise<Response>;

/** An endpoint whose errors are answers, too: a SyncError by its code, anything else as a logged 500. Never throws. */
export function endpoint<Rest extends unknown[]>(name: string, handle: Handler<Rest>): Handler<Rest> {
  return async (request, ...rest) => {
    try {
      return await handle(request, ...rest);
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
