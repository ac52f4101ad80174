import { existsSync } from "node:fs";
import { databaseVariables, onValidationError } from "@rollcall/db/environment";
import { createEnv } from "@t3-oss/env-core";
import { z } from "zod";

/** What the commands need, and no more: the database and Clerk's secret key. */
const clerkVariables = {
  CLERK_SECRET_KEY: z
    .string({ error: "CLERK_SECRET_KEY is not set. Copy it from Clerk's dashboard: Configure, API keys." })
    .regex(/^sk_(live|test)_/, {
      error: 'CLERK_SECRET_KEY is no secret key of Clerk\'s: it begins with "sk_live_" or "sk_test_".',
    }),
  CLERK_API_URL: z
    .url({ error: "CLERK_API_URL is no URL. Leave it out: the default is https://api.clerk.com." })
    .optional(),
  // No command needs it; sync:check says whether it is set.
  CLERK_WEBHOOK_SIGNING_SECRET: z.string().optional(),
};

/**
 * The environment, with what `.env.local` and `.env` in the current folder add to it.
 *
 * @throws EnvironmentError naming every variable that is missing or wrong, and what to do
 */
export function readEnvironment() {
  for (const file of [".env.local", ".env"]) if (existsSync(file)) process.loadEnvFile(file);
  return createEnv({
    server: { ...databaseVariables, ...clerkVariables },
    runtimeEnv: process.env,
    emptyStringAsUndefined: true,
    onValidationError,
  });
}
