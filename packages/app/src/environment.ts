import { databaseVariables, onValidationError } from "@rollcall/db/environment";
import { createEnv } from "@t3-oss/env-core";
import { z } from "zod";

const WHERE_KEYS_ARE = "Copy it from Clerk's dashboard: Configure, API keys.";

const secretKey = z.string({ error: `CLERK_SECRET_KEY is not set. ${WHERE_KEYS_ARE}` });
const publishableKey = z
  .string({ error: `NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY is not set. ${WHERE_KEYS_ARE}` })
  .regex(/^pk_(live|test)_/, {
    error: `NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY is not a publishable key. ${WHERE_KEYS_ARE}`,
  });
const origins = z
  .string()
  .transform((list) => list.split(",").map((origin) => origin.trim().replace(/\/$/, "")))
  .refine((list) => list.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin), {
    error: "APP_ORIGIN is a list of origins, separated by commas, as in https://app.example.com.",
  });

/**
 * Everything this app reads from the environment. A build needs none of it: it runs no query and calls no Clerk API.
 *
 * @throws EnvironmentError naming every variable that is missing or wrong, and what to do
 */
export const readEnvironment = (runtimeEnv: Record<string, string | undefined> = process.env) =>
  createEnv({
    server: {
      ...databaseVariables,
      CLERK_SECRET_KEY: secretKey.regex(/^sk_(live|test)_/, {
        error: `CLERK_SECRET_KEY is not a secret key. ${WHERE_KEYS_ARE}`,
      }),
      NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: publishableKey,
      // Set by `dev` and `stack`: their Frontend API is not the one in the publishable key.
      NEXT_PUBLIC_CLERK_PROXY_URL: z.string().optional(),
      CLERK_WEBHOOK_SIGNING_SECRET: z.string().optional(),
      CLERK_JWT_KEY: z.string().optional(),
      CLERK_API_URL: z
        .url({ error: "CLERK_API_URL is not a URL. Leave it out: the default is https://api.clerk.com." })
        .optional(),
      ADMIN_EMAIL: z.string().optional(),
      APP_ORIGIN: origins.optional(),
      // If it is too short, the cron route is closed and says so. The rest of the app does not need it.
      CRON_SECRET: z.string().optional(),
      // The same for the metrics route.
      METRICS_TOKEN: z.string().optional(),
      // Read by the OpenTelemetry SDK itself, with its other OTEL_ variables.
      OTEL_EXPORTER_OTLP_ENDPOINT: z
        .url({ error: "OTEL_EXPORTER_OTLP_ENDPOINT is not a URL, as in http://localhost:4318." })
        .optional(),
    },
    runtimeEnv,
    emptyStringAsUndefined: true,
    skipValidation: runtimeEnv.NEXT_PHASE === "phase-production-build",
    onValidationError,
  });
