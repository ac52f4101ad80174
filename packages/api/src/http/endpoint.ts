import { logger } from "@rollcall/auth";
import { SyncError } from "@rollcall/sync";
import { logFault } from "@rollcall/sync/logger";
import { answerFailure } from "./answer-failure.ts";

type Handler<Parameters extends unknown[]> = (...parameters: Parameters) => Promise<Response>;

/** An endpoint whose errors are answers, too: a SyncError by its code, anything else as a logged 500. Never throws. */
export function endpoint<P extends unknown[]>(name: string, handle: Handler<P>): Handler<P> {
  return async (...parameters) => {
    try {
      return await handle(...parameters);
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
