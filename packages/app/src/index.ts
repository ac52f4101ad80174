import { createClient, type PrismaClient } from "@rollcall/db/client";
import { withVerifiedTls } from "@rollcall/db/connection";
import { createRollcall, type Logger, type Rollcall } from "@rollcall/sync";
import { statementNameGenerator } from "@rollcall/sync/prisma";
import { pino } from "pino";
import { readEnvironment } from "./environment.ts";

export const env = readEnvironment();

/** One JSON line on stdout for each failure. */
export const logger: Logger = pino({ base: null });

declare global {
  var rollcallDb: PrismaClient | undefined;
  var rollcallMirror: Rollcall | undefined;
}

/**
 * The client of the database that `POSTGRES_URL` names, one per process. It is kept on `globalThis` because Next loads this
 * module again after each edit, and each client would keep its connections.
 */
export const db: PrismaClient = globalThis.rollcallDb ?? createClient(env.POSTGRES_URL, { statementNameGenerator });
globalThis.rollcallDb = db;

/**
 * This app's mirror: its database and its Clerk instance. It is kept on `globalThis` because Next loads this module once for
 * pages, once for routes and once for the proxy, and all of them must see a deletion that a webhook reports.
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
