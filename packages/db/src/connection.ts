import type { PoolConfig } from "pg";
import { parse, toClientConfig } from "pg-connection-string";
import { UtcClient } from "./utc-client.ts";

export interface Connection {
  /** For a pool of `pg`: host, port, database, user, password, TLS and session settings, but no `connectionString`. */
  config: PoolConfig;
  /** The schema of the tables, if `?schema=` names one, as in Prisma's own connection strings. */
  schema: string | undefined;
}

/**
 * How `pg` connects for a connection string of Prisma, Neon or Vercel.
 *
 * - The session is in UTC: adapter-pg sends times without an offset and reads every answer as UTC, so a session in another zone
 *   would shift all times.
 * - `options` contains what the connection string asks of the server, and the search path: PgBouncer accepts it since 1.20.
 * - `sslmode` other than `disable` and `no-verify` means an encrypted connection whose certificate is verified, unless
 *   `uselibpqcompat=true` asks for libpq's weaker meaning. `pg` does the same, but warns at every start.
 * - `channel_binding=require | prefer` binds the password to that connection (SCRAM-SHA-256-PLUS).
 * - `schema` is where unqualified names are looked up.
 *
 * @throws if the connection string cannot be parsed. The message does not repeat it.
 */
export function parseConnectionString(connectionString: string): Connection {
  const given = parse(withVerifiedTls(connectionString));
  const schema = typeof given.schema === "string" && given.schema !== "" ? given.schema : undefined;
  const options = [given.options, searchPath(schema)].filter((option) => option).join(" ");
  return {
    config: {
      ...toClientConfig(given),
      ...(options && { options }),
      Client: UtcClient,
      enableChannelBinding: given.channel_binding === "require" || given.channel_binding === "prefer",
    },
    schema,
  };
}

/** Nothing for the default schema: a pooler may refuse the setting. */
function searchPath(schema: string | undefined): string | undefined {
  if (schema === undefined || schema === "public") return undefined;
  // Inside of `options` a backslash escapes what would end the value.
  return `-c search_path=${`"${schema.replaceAll('"', '""')}"`.replace(/[\\\s]/g, "\\$&")}`;
}

/** The connection string with `sslmode` in the form that `pg` accepts without a warning at every start. */
export function withVerifiedTls(connectionString: string): string {
  const compatible = /[?&]uselibpqcompat=true(&|$)/.test(connectionString);
  if (compatible) return connectionString;
  return connectionString.replace(/([?&]sslmode=)(prefer|require|verify-ca)(?=&|$)/, "$1verify-full");
}
