import { setTimeout as pause } from "node:timers/promises";
import { createClient } from "@rollcall/db/client";
import { withVerifiedTls } from "@rollcall/db/connection";
import { createRollcall, type Rollcall, type RollcallOptions } from "@rollcall/sync";
import { readEnvironment } from "./environment.ts";

export const HANG_UP_MS = 1_000;

/**
 * Rollcall over the database and the Clerk instance that the environment names, until it is disposed of. Does not connect before
 * it is used.
 *
 * @throws EnvironmentError, or SyncError NOT_CONFIGURED, naming the variable
 */
export function openRollcall({
  logger,
  queryTimeoutMs,
}: Pick<RollcallOptions, "logger"> & { queryTimeoutMs?: number } = {}): { rollcall: Rollcall } & AsyncDisposable {
  const { POSTGRES_URL, POSTGRES_URL_NON_POOLING, CLERK_SECRET_KEY, CLERK_API_URL } = readEnvironment();
  const db = createClient(POSTGRES_URL, queryTimeoutMs === undefined ? {} : { queryTimeoutMs });
  return {
    rollcall: createRollcall({
      db,
      connectionString: withVerifiedTls(POSTGRES_URL_NON_POOLING ?? POSTGRES_URL),
      clerk: { secretKey: CLERK_SECRET_KEY, apiUrl: CLERK_API_URL },
      ...(logger && { logger }),
    }),
    [Symbol.asyncDispose]: () => Promise.race([db.$disconnect(), pause(HANG_UP_MS, undefined, { ref: false })]),
  };
}

/** A command's last message, and its exit code. */
export function say(stream: NodeJS.WriteStream, text: string, exitCode: number): number {
  stream.write(`${text}\n`);
  return exitCode;
}
