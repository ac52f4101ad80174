import { existsSync } from "node:fs";
import path from "node:path";
import { CommandError } from "./commands/command-error.ts";
import { repositoryRoot } from "./repository.ts";

/** What the developer provides; `dev` supplies the rest. */
export interface OwnParts {
  database: { url: string; migrationUrl: string } | undefined;
  clerk: { secretKey: string } | undefined;
}

const KEYS = ["CLERK_SECRET_KEY", "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY"] as const;

/** Adds `.env.local` and `.env` to the environment, as the other commands do. Variables that are already set win. */
export function loadEnvironmentFiles(): void {
  for (const name of [".env.local", ".env"]) {
    const file = path.join(repositoryRoot, name);
    if (existsSync(file)) process.loadEnvFile(file);
  }
}

/** @throws CommandError if one of Clerk's two keys is missing. An empty variable counts as not set. */
export function ownParts(environment: NodeJS.ProcessEnv): OwnParts {
  const { POSTGRES_URL, POSTGRES_URL_NON_POOLING, CLERK_SECRET_KEY } = environment;
  const [missing, another] = KEYS.filter((name) => !environment[name]);
  if (missing !== undefined && another === undefined) {
    throw new CommandError(
      `${missing} is not set, but Clerk's other key is. Set both (Clerk's dashboard: Configure, API keys) or, for the emulated Clerk, neither.`,
      2,
    );
  }
  return {
    database: POSTGRES_URL ? { url: POSTGRES_URL, migrationUrl: POSTGRES_URL_NON_POOLING || POSTGRES_URL } : undefined,
    clerk: CLERK_SECRET_KEY ? { secretKey: CLERK_SECRET_KEY } : undefined,
  };
}
