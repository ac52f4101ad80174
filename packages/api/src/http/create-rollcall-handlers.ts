import type { Caller, Logger, Rollcall } from "@rollcall/sync";
import { catchAll } from "./catch-all.ts";
import { endpoint, type Handler } from "./endpoint.ts";
import { type CronAfterAnswer, cronHandler } from "./handle-cron-sync.ts";
import { healthHandler } from "./handle-health.ts";
import { metricsHandler } from "./handle-metrics.ts";
import { syncCurrentUserHandler } from "./handle-sync-current-user.ts";
import { originCheck } from "./origin.ts";

export interface RollcallHandlersOptions {
  /** The caller, read from the request's headers; null when signed out. */
  getCaller: (headers: Headers) => Promise<Caller | null>;
  /** What is wrong with this machine's clock, if anything: a hint for signed-out callers. */
  clockHint?: (() => string | undefined) | undefined;
  /** The Bearer token that a scheduler sends. `cron` is closed if it is missing or shorter than 16 characters. */
  cronSecret?: string | undefined;
  /** The Bearer token that a monitor sends. `metrics` is closed if it is missing or shorter than 16 characters. */
  metricsToken?: string | undefined;
  /** The origins whose pages may call `syncCurrentUser`. Default: the request's own. */
  allowedOrigins?: readonly string[] | undefined;
  /**
   * The address of this deployment's `cron`, for functions that run out of time: one calls the next. Take it from the platform
   * or the operator, because the secret is sent there.
   */
  ownUrl?: URL | undefined;
  /** Gets the failures. Default: the rollcall's logger. */
  logger?: Logger | undefined;
}

export interface RollcallHandlers {
  webhook: Handler;
  syncCurrentUser: Handler;
  cron: Handler<CronAfterAnswer>;
  health: Handler;
  /** For Prometheus: what `Rollcall.metrics` reads, in its text format. */
  metrics: Handler;
  /**
   * All of them, for one catch-all route: by the last part of the path, `webhook`, `sync-current-user`, `cron`, `health` or
   * `metrics`. Another path is answered 404, another method 405.
   */
  all: (request: Request) => Promise<Response>;
}

/**
 * The endpoints. Mount each in one line, in any framework that uses `Request` and `Response`. None of them throws: an error is a
 * response `{ok: false, error: {code, message, hint}}`.
 *
 * @param options what `createRollcallAuth` gave, and more: `{...auth, cronSecret}`
 */
export function createRollcallHandlers(rollcall: Rollcall, options: RollcallHandlersOptions): RollcallHandlers {
  const {
    getCaller,
    clockHint = () => undefined,
    cronSecret,
    metricsToken,
    allowedOrigins,
    ownUrl,
    logger = rollcall.settings().logger,
  } = options;
  const handlers = {
    webhook: endpoint("webhook", logger, (request) => rollcall.handleWebhook(request)),
    syncCurrentUser: endpoint(
      "sync-current-user",
      logger,
      syncCurrentUserHandler({ rollcall, getCaller, clockHint, isAllowedOrigin: originCheck(allowedOrigins) }),
    ),
    cron: endpoint("cron", logger, cronHandler({ rollcall, cronSecret, logger, ownUrl })),
    health: endpoint("health", logger, healthHandler(rollcall)),
    metrics: endpoint("metrics", logger, metricsHandler({ rollcall, metricsToken })),
  };
  const all = catchAll({
    webhook: { methods: ["POST"], handle: handlers.webhook },
    "sync-current-user": { methods: ["GET", "POST"], handle: handlers.syncCurrentUser },
    cron: { methods: ["GET"], handle: handlers.cron },
    health: { methods: ["GET", "HEAD"], handle: handlers.health },
    metrics: { methods: ["GET"], handle: handlers.metrics },
  });
  return { ...handlers, all };
}
