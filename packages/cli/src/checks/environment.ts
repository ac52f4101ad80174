import type { Check, CheckReport } from "@rollcall/sync";
import { DATABASE_VARIABLES } from "../host/database-url.ts";

/** The environment of this process, and what the engine's checks found with it. */
export interface EnvironmentContext {
  environment: NodeJS.ProcessEnv;
  /** Whether a check passed. If the host takes a setting from elsewhere and it works, a missing variable is no finding. */
  works: (id: CheckReport["id"]) => boolean;
}

const WHERE_KEYS_ARE = "Clerk's dashboard: Configure, API keys.";
const KEY = /^(?:sk|pk)_(live|test)_/;

const databaseVariable: Check<EnvironmentContext> = {
  id: "env-database",
  title: "The environment names the database",
  async run({ environment, works }) {
    const names = DATABASE_VARIABLES.filter((name) => environment[name]);
    if (names.length > 0) return { status: "ok", message: names.join(", ") };
    if (works("database")) return { status: "ok", message: "from another variable of the host" };
    return {
      status: "finding",
      severity: "error",
      message: `None of ${DATABASE_VARIABLES.join(", ")} is set.`,
      remedy: "Set DATABASE_URL or POSTGRES_URL: postgresql://user:password@host:5432/database",
    };
  },
};

const clerkKeys: Check<EnvironmentContext> = {
  id: "env-clerk-keys",
  title: "Both of Clerk's keys are set, and match",
  async run({ environment, works }) {
    const secret = environment.CLERK_SECRET_KEY;
    // Each bundler has its own prefix for what a browser may see.
    const publishable = Object.entries(environment).find(([name]) => name.endsWith("CLERK_PUBLISHABLE_KEY"))?.[1];
    if (!secret && !works("clerk-key")) {
      return {
        status: "finding",
        severity: "error",
        message: "CLERK_SECRET_KEY is not set.",
        remedy: WHERE_KEYS_ARE,
      };
    }
    if (!publishable) {
      return {
        status: "finding",
        severity: "warning",
        message:
          "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY is not set: commands do not need it, but the app does not start without it.",
        remedy: WHERE_KEYS_ARE,
      };
    }
    const [ofSecret, ofPublishable] = [secret, publishable].map((key) => key && KEY.exec(key)?.[1]);
    if (secret && ofSecret !== ofPublishable) {
      return {
        status: "finding",
        severity: "error",
        message: `CLERK_SECRET_KEY is a key of ${kindOf(ofSecret)}, the publishable key one of ${kindOf(ofPublishable)}: no session is accepted.`,
        remedy: `Copy both keys of one instance. ${WHERE_KEYS_ARE}`,
      };
    }
    return { status: "ok" };
  },
};

function kindOf(kind: string | undefined): string {
  if (kind === undefined) return "no Clerk instance";
  return kind === "live" ? "a production instance" : "a development instance";
}

/** Names that Clerk's and Svix's older guides gave the secret. */
const USUAL_WRONG_NAMES = ["CLERK_WEBHOOK_SECRET", "CLERK_WEBHOOK_SIGNING_KEY", "WEBHOOK_SECRET", "SIGNING_SECRET"];

const webhookVariable: Check<EnvironmentContext> = {
  id: "env-webhook-secret",
  title: "The webhook's secret has the right name",
  async run({ environment, works }) {
    if (environment.CLERK_WEBHOOK_SIGNING_SECRET || works("webhook-secret")) return { status: "ok" };
    const name = USUAL_WRONG_NAMES.find((name) => environment[name]);
    if (name === undefined) return { status: "skipped", why: "no secret is set" };
    return {
      status: "finding",
      severity: "error",
      message: `The secret is in ${name}, but Rollcall reads CLERK_WEBHOOK_SIGNING_SECRET.`,
      remedy: `Rename ${name} to CLERK_WEBHOOK_SIGNING_SECRET, or pass it: clerk: { webhookSigningSecret: process.env.${name} }`,
    };
  },
};

const SHORTEST_CRON_SECRET = 16;

const cronSecret: Check<EnvironmentContext> = {
  id: "env-cron-secret",
  title: "Scheduled runs have a secret",
  async run({ environment: { CRON_SECRET } }) {
    if (!CRON_SECRET) return { status: "skipped", why: "CRON_SECRET is not set: the cron route is closed" };
    if (CRON_SECRET.length >= SHORTEST_CRON_SECRET) return { status: "ok" };
    return {
      status: "finding",
      severity: "error",
      message: `CRON_SECRET has fewer than ${SHORTEST_CRON_SECRET} characters: the cron route is closed.`,
      remedy: "openssl rand -hex 32",
    };
  },
};

export const environmentChecks: readonly Check<EnvironmentContext>[] = [
  databaseVariable,
  clerkKeys,
  webhookVariable,
  cronSecret,
];
