import { readEnvFiles } from "@rollcall/cli";
import { databaseVariables, onValidationError } from "@rollcall/db/environment";
import { createEnv } from "@t3-oss/env-core";
import { z } from "zod";

/** What the commands need: the database and Clerk's secret key. */
const clerkVariables = {
  CLERK_SECRET_KEY: z
    .string({ error: "CLERK_SECRET_KEY is not set. Copy it from Clerk's dashboard: Configure, API keys." })
    .regex(/^sk_(live|test)_/, {
      error: 'CLERK_SECRET_KEY is not a secret key. Clerk\'s secret keys start with "sk_live_" or "sk_test_".',
    }),
  CLERK_API_URL: z
    .url({ error: "CLERK_API_URL is not a URL. Leave it out: the default is https://api.clerk.com." })
    .optional(),
  // No command needs it; sync:check says whether it is set.
  CLERK_WEBHOOK_SIGNING_SECRET: z.string().optional(),
};

/**
 * The environment, plus the variables of `.env.local` and `.env` in the current folder.
 *
 * @throws EnvironmentError naming every variable that is missing or wrong, and what to do
 */
export function readEnvironment() {
  readEnvFiles(process.cwd());
  return createEnv({
    server: { ...databaseVariables, ...clerkVariables },
    runtimeEnv: process.env,
    emptyStringAsUndefined: true,
    onValidationError,
  });
}
