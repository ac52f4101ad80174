import { env, logger, rollcall } from "@rollcall/app";
import { auth } from "@rollcall/auth/app";
import { createRollcallHandlers } from "./http/index.ts";
import { createTRPCHandler } from "./mount/index.ts";
import { appRouter } from "./root.ts";

/** This app's endpoints. */
export const handlers = {
  ...createRollcallHandlers(rollcall, {
    ...auth,
    cronSecret: env.CRON_SECRET,
    metricsToken: env.METRICS_TOKEN,
    allowedOrigins: env.APP_ORIGIN,
  }),
  trpc: createTRPCHandler({ router: appRouter, allowedOrigins: env.APP_ORIGIN, logger }),
};
