import { createEnv } from "@t3-oss/env-core";
import { z } from "zod";

const EXAMPLE = "postgresql://user:password@host:5432/database";

/** The environment does not say which database to use. The message names the variable and what to do, never its value. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";
  readonly code = "NOT_CONFIGURED";
}

const connectionString = (name: string) =>
  z.url({
    protocol: /^postgres(ql)?$/,
    error: ({ input }) =>
      input === undefined
        ? `${name} is not set. Set it to the connection string of your Postgres, as in ${EXAMPLE}.`
        : `${name} is not a connection string. It looks like ${EXAMPLE}; special characters in user and password are percent-encoded ("#" is %23).`,
  });

/** The variables that name the database, for an environment of t3-env's. */
export const databaseVariables = {
  POSTGRES_URL: connectionString("POSTGRES_URL"),
  /** For workers; default: POSTGRES_URL. */
  POSTGRES_URL_NON_POOLING: connectionString("POSTGRES_URL_NON_POOLING").optional(),
};

/** For t3-env: all problems together, each as one sentence. */
export function onValidationError(issues: readonly { readonly message: string }[]): never {
  throw new EnvironmentError(issues.map((issue) => issue.message).join("\n"));
}

/** @throws {EnvironmentError} */
export function readEnvironment(runtimeEnv: Record<string, string | undefined>) {
  return createEnv({ server: databaseVariables, runtimeEnv, emptyStringAsUndefined: true, onValidationError });
}
