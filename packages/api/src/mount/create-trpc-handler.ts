import { type AfterAnswer, type Logger, SyncError, silent } from "@rollcall/sync";
import { CLOSE, readBody } from "@rollcall/sync/read-body";
import type { AnyTRPCRouter } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { answerFailure } from "../http/answer-failure.ts";
import { endpoint, type Handler } from "../http/endpoint.ts";
import { NO_STORE, originCheck } from "../http/origin.ts";
import type { RollcallContext } from "./context.ts";

const BATCH_LIMIT = 20; // calls
const BODY_LIMIT = 1024 * 1024; // bytes

export interface TRPCHandlerOptions {
  /** A router over `RollcallContext`: `createRollcallTRPC`'s under any key, beside your own. */
  router: AnyTRPCRouter;
  /** The origins whose pages may call it; the default is the request's own. */
  allowedOrigins?: readonly string[] | undefined;
  /** Where failures are reported; the default is nowhere. */
  logger?: Logger | undefined;
}

/**
 * Answers tRPC over HTTP, on a route whose last part is the procedure's path, for an app that has no such route of its own:
 * JSON alone, so that no form of another site's can call a mutation with the user's cookies; from the allowed origins; at
 * most 20 calls and 1 MiB a request.
 */
export function createTRPCHandler({
  router,
  allowedOrigins,
  logger = silent,
}: TRPCHandlerOptions): Handler<AfterAnswer> {
  const isAllowedOrigin = originCheck(allowedOrigins);
  return endpoint<AfterAnswer>("trpc", logger, async (request, afterAnswer = {}) => {
    if (!isAllowedOrigin(request)) return answerFailure({ code: "FORBIDDEN" });
    if (request.method === "POST" && !/^application\/json\b/.test(request.headers.get("content-type") ?? "")) {
      return answerFailure({ code: "UNSUPPORTED_MEDIA_TYPE" });
    }
    const body = request.method === "POST" ? await readBody(request, BODY_LIMIT) : undefined;
    if (body === null) return answerFailure({ code: "TOO_LARGE" }, CLOSE);
    const { headers, method, signal, url } = request;
    return fetchRequestHandler({
      endpoint: new URL(".", url).pathname,
      req: new Request(url, { headers, method, signal, ...(body && { body }) }),
      router,
      maxBatchSize: BATCH_LIMIT,
      createContext: (): RollcallContext => ({ headers, ...afterAnswer }),
      responseMeta: () => ({ headers: NO_STORE }),
      onError({ error: { code, cause }, path }) {
        // A SyncError was logged where it arose. Of any other error only the type is logged: its message may hold anything.
        if (code === "INTERNAL_SERVER_ERROR" && !(cause instanceof SyncError)) {
          logger.error(
            { event: "call_failed", path, error: cause?.name },
            "a call failed in a way that was not expected",
          );
        }
      },
    });
  });
}
