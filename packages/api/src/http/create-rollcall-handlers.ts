import { type Caller, type Logger, type Rollcall, silent } from "@rollcall/sync";
import type { AnyTRPCRouter } from "@trpc/server";
import type { RollcallContext } from "../mount/context.ts";
import { endpoint, type Handler } from "./endpoint.ts";
import { type CronAfterAnswer, cronHandler } from "./handle-cron-sync.ts";
import { healthHandler } from "./handle-health.ts";
import { syncCurrentUserHandler } from "./handle-sync-current-user.ts";
import { trpcHandler } from "./handle-trpc.ts";
import { originCheck } from "./origin.ts";

export interface RollcallHandlersOptions {
  /** The caller, read from the request's headers; null when signed out. */
  getCaller: (headers: Headers) => Promise<Caller | null>;
  /** What is wrong with this machine's clock, if anything: a hint for signed-out callers. */
  clockHint?: (() => string | undefined) | undefined;
  /** The Bearer token that a scheduler sends. `cron` is closed if it is missing or shorter than 16 characters. */
  cronSecret?: string | undefined;
  /** The origins whose pages may call `trpc` and `syncCurrentUser`. Default: the request's own. */
  allowedOrigins?: readonly string[] | undefined;
  /** Gets the failures. Default: none. */
  logger?: Logger | undefined;
  /** The router that `trpc` serves, over `RollcallContext`: `createRollcallTRPC`'s under any key, next to your own. */
  router: AnyTRPCRouter;
}

export interface RollcallHandlers {
  trpc: Handler<Pick<RollcallContext, "after" | "stop">>;
  webhook: Handler;
  syncCurrentUser: Handler;
  cron: Handler<CronAfterAnswer>;
  health: Handler;
}

/**
 * The endpoints. Mount each in one line, in any framework that uses `Request` and `Response`. None of them throws: an error is a
 * response `{ok: false, error: {code, message, hint}}`.
 */
export function createRollcallHandlers(rollcall: Rollcall, options: RollcallHandlersOptions): RollcallHandlers {
  const { getCaller, clockHint = () => undefined, cronSecret, allowedOrigins, logger = silent, router } = options;
  const isAllowedOrigin = originCheck(allowedOrigins);
  return {
    trpc: endpoint("trpc", logger, trpcHandler({ router, isAllowedOrigin, logger })),
    webhook: endpoint("webhook", logger, (request) => rollcall.handleWebhook(request)),
    syncCurrentUser: endpoint(
      "sync-current-user",
      logger,
      syncCurrentUserHandler({ rollcall, getCaller, clockHint, isAllowedOrigin }),
    ),
    cron: endpoint("cron", logger, cronHandler({ rollcall, cronSecret, logger })),
    health: endpoint("health", logger, healthHandler(rollcall)),
  };
}
