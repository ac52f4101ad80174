import type { Caller, Logger, Rollcall } from "@rollcall/sync";
import { catchAll } from "./catch-all.ts";
import { endpoint, type Handler } from "./endpoint.ts";
import { type CronAfterAnswer, cronHandler } from "./handle-cron-sync.ts";
import { healthHandler } from "./handle-health.ts";
import { syncCurrentUserHandler } from "./handle-sync-current-user.ts";
import { originCheck } from "./origin.ts";

export interface RollcallHandlersOptions {
  /** Who calls, by the request's headers; null when signed out. */
  getCaller: (headers: Headers) => Promise<Caller | null>;
  /** What is wrong with this machine's clock, if anything: the hint for a caller who is signed out. */
  clockHint?: (() => string | undefined) | undefined;
  /** What a scheduler sends as Bearer; `cron` is closed where it is missing or shorter than 16 characters. */
  cronSecret?: string | undefined;
  /** The origins whose pages may call `syncCurrentUser`; the default is the request's own. */
  allowedOrigins?: readonly string[] | undefined;
  /**
   * Where this deployment answers `cron`, for functions that run out of time: one calls the next. It must come from the
   * platform or the operator, since the secret is sent there.
   */
  ownUrl?: URL | undefined;
  /** Where failures are reported; the default is the rollcall's own. */
  logger?: Logger | undefined;
}

export interface RollcallHandlers {
  webhook: Handler;
  syncCurrentUser: Handler;
  cron: Handler<CronAfterAnswer>;
  health: Handler;
  /**
   * All of them, for one catch-all route: by the last part of the path, `webhook`, `sync-current-user`, `cron` or `health`.
   * Another path is answered 404, another method 405.
   */
  all: (request: Request) => Promise<Response>;
}

/**
 * The endpoints, each to mount in one line under any framework that speaks `Request` and `Response`. None of them throws: an
 * error is an answer `{ok: false, error: {code, message, hint}}`.
 *
 * @param options what `createRollcallAuth` gave, and more: `{...auth, cronSecret}`
 */
export function createRollcallHandlers(rollcall: Rollcall, options: RollcallHandlersOptions): RollcallHandlers {
  const {
    getCaller,
    clockHint = () => undefined,
    cronSecret,
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
  };
  const all = catchAll({
    webhook: { methods: ["POST"], handle: handlers.webhook },
    "sync-current-user": { methods: ["GET", "POST"], handle: handlers.syncCurrentUser },
    cron: { methods: ["GET"], handle: handlers.cron },
    health: { methods: ["GET", "HEAD"], handle: handlers.health },
  });
  return { ...handlers, all };
}
