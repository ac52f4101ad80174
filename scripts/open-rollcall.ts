import { createClient } from "@rollcall/db/client";
import { withVerifiedTls } from "@rollcall/db/connection";
import { createRollcall, type Rollcall, type RollcallOptions } from "@rollcall/sync";
import { readEnvironment } from "./environment.ts";

/**
 * Rollcall over the database and the Clerk instance that the environment names, until it is disposed of. Connects to
 * nothing before it is used.
 *
 * @throws EnvironmentError, or SyncError NOT_CONFIGURED, naming the variable
 */
export function openRollcall({
  logger,
}: Pick<RollcallOptions, "logger"> = {}): { rollcall: Rollcall } & AsyncDisposable {
  const { POSTGRES_URL, POSTGRES_URL_NON_POOLING, CLERK_SECRET_KEY, CLERK_API_URL } = readEnvironment();
  const db = createClient(POSTGRES_URL);
  return {
    rollcall: createRollcall({
      db,
      connectionString: withVerifiedTls(POSTGRES_URL_NON_POOLING ?? POSTGRES_URL),
      clerk: { secretKey: CLERK_SECRET_KEY, apiUrl: CLERK_API_URL },
      ...(logger && { logger }),
    }),
    [Symbol.asyncDispose]: () => db.$disconnect(),
  };
}

/** The last word of a command, and its exit code. */
export function say(stream: NodeJS.WriteStream, text: string, exitCode: number): number {
  stream.write(`${text}\n`);
  return exitCode;
}
