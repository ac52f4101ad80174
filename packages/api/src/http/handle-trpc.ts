import { type Logger, SyncError } from "@rollcall/sync";
import { CLOSE, readBody } from "@rollcall/sync/read-body";
import type { AnyTRPCRouter } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import type { RollcallContext } from "../mount/context.ts";
import { answerFailure } from "./answer-failure.ts";
import type { Handler } from "./endpoint.ts";
import { NO_STORE } from "./origin.ts";

const ENDPOINT = "/api/trpc";
const BATCH_LIMIT = 20; // calls
const BODY_LIMIT = 1024 * 1024; // bytes

export interface TRPCParts {
  /** A router over `RollcallContext`. */
  router: AnyTRPCRouter;
  isAllowedOrigin: (request: Request) => boolean;
  logger: Logger;
}

/**
 * Answers tRPC over HTTP: only JSON, so that no form on another site can call a mutation with the user's cookies; only from
 * allowed origins; at most 20 calls per request.
 */
export const trpcHandler =
  ({ router, isAllowedOrigin, logger }: TRPCParts): Handler<Pick<RollcallContext, "after" | "stop">> =>
  async (request, afterAnswer = {}) => {
    if (!isAllowedOrigin(request)) return answerFailure({ code: "FORBIDDEN" });
    if (request.method === "POST" && !/^application\/json\b/.test(request.headers.get("content-type") ?? "")) {
      return answerFailure({ code: "UNSUPPORTED_MEDIA_TYPE" });
    }
    const body = request.method === "POST" ? await readBody(request, BODY_LIMIT) : undefined;
    if (body === null) return answerFailure({ code: "TOO_LARGE" }, CLOSE);
    const { headers, method, signal, url } = request;
    return fetchRequestHandler({
      endpoint: ENDPOINT,
      req: new Request(url, { headers, method, signal, ...(body && { body }) }),
      router,
      maxBatchSize: BATCH_LIMIT,
      createContext: (): RollcallContext => ({ headers, ...afterAnswer }),
      responseMeta: () => ({ headers: NO_STORE }),
      onError({ error: { code, cause }, path }) {
        // A SyncError was logged where it happened. Of any other error only the type is logged: its message may contain anything.
        if (code === "INTERNAL_SERVER_ERROR" && !(cause instanceof SyncError)) {
          logger.error({ event: "call_failed", path, error: cause?.name }, "a call failed unexpectedly");
        }
      },
    });
  };
