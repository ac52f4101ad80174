import { existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { CommandContext, Opened, OpenOptions } from "@rollcall/cli";
import { createClient } from "@rollcall/db/client";
import { withVerifiedTls } from "@rollcall/db/connection";
import { readEnvironment as readDatabaseEnvironment } from "@rollcall/db/environment";
import { createRollcall } from "@rollcall/sync";
import { statementNameGenerator } from "@rollcall/sync/prisma";
import { readEnvironment } from "./environment.ts";

const HANG_UP_MS = 1_000;

/** Rollcall over the database and the Clerk instance that the environment names, until it is disposed of. */
async function open({ logger, queryTimeoutMs }: OpenOptions = {}): Promise<Opened> {
  const { POSTGRES_URL, POSTGRES_URL_NON_POOLING, ...clerk } = readEnvironment();
  const db = createClient(POSTGRES_URL, {
    statementNameGenerator,
    ...(queryTimeoutMs !== undefined && { queryTimeoutMs }),
  });
  return {
    rollcall: createRollcall({
      db,
      connectionString: databaseUrl({ POSTGRES_URL, POSTGRES_URL_NON_POOLING }),
      clerk: {
        secretKey: clerk.CLERK_SECRET_KEY,
        apiUrl: clerk.CLERK_API_URL,
        webhookSigningSecret: clerk.CLERK_WEBHOOK_SIGNING_SECRET,
      },
      ...(logger && { logger }),
    }),
    [Symbol.asyncDispose]: () => Promise.race([db.$disconnect(), pause(HANG_UP_MS, undefined, { ref: false })]),
  };
}

const databaseUrl = (variables: { POSTGRES_URL: string; POSTGRES_URL_NON_POOLING?: string | undefined }): string =>
  withVerifiedTls(variables.POSTGRES_URL_NON_POOLING ?? variables.POSTGRES_URL);

const scripts = new Map([
  ["migrate", "pnpm db:migrate"],
  ["check", "pnpm sync:check"],
  ["sync", "pnpm sync:all"],
  ["sync-user", "pnpm sync:user"],
  ["adopt", "pnpm sync:adopt"],
  ["worker", "pnpm worker"],
  ["effects", "pnpm sync:effects"],
]);

/** The commands of this repository: over its environment, and under the names in package.json. */
export const context: CommandContext = {
  open,
  databaseUrl: () => databaseUrl(readEnvironment()),
  phrase: (text) => text.replace(/npx rollcall ([a-z]+(?:-[a-z]+)*)/g, (command, name) => scripts.get(name) ?? command),
};

/** For `db:migrate`, which needs the database alone, and reads `.env` as prisma.config.ts does for its first half. */
export const contextOfMigration: CommandContext = {
  ...context,
  databaseUrl() {
    if (existsSync(".env")) process.loadEnvFile(".env");
    return databaseUrl(readDatabaseEnvironment(process.env));
  },
};
