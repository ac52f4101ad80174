import { db } from "@rollcall/db";
import { withVerifiedTls } from "@rollcall/db/connection";
import { createRollcall, type Logger, type Rollcall } from "@rollcall/sync";
import { pino } from "pino";
import { readEnvironment } from "./src/environment.ts";
import { createRollcallAuth } from "./src/mount.ts";

const env = readEnvironment();

/** One JSON line on stdout for each thing that failed. */
export const logger: Logger = pino({ base: null });

declare global {
  var rollcallMirror: Rollcall | undefined;
}

/**
 * This app's mirror: its database and its Clerk instance. It hangs on `globalThis` because Next loads this module once for
 * pages, once for routes and once for the proxy, and a deletion that a webhook brings must be known to all of them.
 */
export const rollcall: Rollcall =
  globalThis.rollcallMirror ??
  createRollcall({
    db,
    connectionString: withVerifiedTls(env.POSTGRES_URL_NON_POOLING ?? env.POSTGRES_URL),
    clerk: {
      secretKey: env.CLERK_SECRET_KEY,
      apiUrl: env.CLERK_API_URL,
      webhookSigningSecret: env.CLERK_WEBHOOK_SIGNING_SECRET,
    },
    logger,
  });
globalThis.rollcallMirror = rollcall;

/** The origins that may call this app, where APP_ORIGIN names them; else a request's own. */
export const appOrigins: string[] | undefined = env.APP_ORIGIN;

/** What a scheduled call of the cron route must know; the route is closed where it is shorter than 16 characters. */
export const cronSecret: string | undefined = env.CRON_SECRET;

export const { getCurrentUser, requireUser, getCaller, isAdmin, sessionKey, clockHint } = createRollcallAuth(rollcall, {
  adminEmail: env.ADMIN_EMAIL,
  jwtKey: env.CLERK_JWT_KEY,
  authorizedParties: appOrigins,
  logger,
});

export { originOf } from "./src/caller.ts";
