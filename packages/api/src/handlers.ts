import { env, logger, rollcall } from "@rollcall/app";
import { auth } from "@rollcall/auth/app";
import { createRollcallHandlers } from "./http/index.ts";
import { appRouter } from "./root.ts";

/** This app's endpoints. */
export const handlers = createRollcallHandlers(rollcall, {
  getCaller: auth.getCaller,
  clockHint: auth.clockHint,
  cronSecret: env.CRON_SECRET,
  allowedOrigins: env.APP_ORIGIN,
  logger,
  router: appRouter,
});
