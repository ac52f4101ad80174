import { SyncError } from "@rollcall/sync";

/** Variables of a connection that goes past a pooler, as Vercel, Neon and Prisma's guides name it. */
export const DIRECT_VARIABLES = [
  "POSTGRES_URL_NON_POOLING",
  "DATABASE_URL_UNPOOLED",
  "DATABASE_URL_NON_POOLING",
  "DIRECT_URL",
];

/**
 * The variables that may name the database, the best one first: migrations and workers need their own session, which a
 * pooler in transaction mode does not provide.
 */
export const DATABASE_VARIABLES = [...DIRECT_VARIABLES, "POSTGRES_URL", "DATABASE_URL"];

/** @throws SyncError NOT_CONFIGURED; its message names the variable, never its value */
export function databaseUrl(environment: NodeJS.ProcessEnv = process.env): string {
  const name = DATABASE_VARIABLES.find((name) => environment[name]);
  const url = name && environment[name];
  if (!url) {
    throw new SyncError(
      "NOT_CONFIGURED",
      "DATABASE_URL is not set. Set it to the connection string of your Postgres, as in postgresql://user:password@host:5432/database.",
    );
  }
  if (!/^postgres(ql)?:\/\//.test(url)) {
    throw new SyncError(
      "NOT_CONFIGURED",
      `${name} is not a connection string of Postgres: it begins with postgresql://.`,
    );
  }
  return url;
}
