import { PrismaPg } from "@prisma/adapter-pg";
import { parseConnectionString } from "./connection.ts";
import { PrismaClient } from "./generated/client.ts";

export { type Customer, Plan, Prisma, PrismaClient, type User } from "./generated/client.ts";

export interface ClientOptions {
  /**
   * How many connections the client may open; further callers wait. With the default of five, one server or function can answer
   * requests in parallel, and a hundred of them stay below a pooler's limit.
   */
  maxConnections?: number;
  /**
   * How long one statement may take, in ms; then its connection is closed. The default of 10,000 ends the wait on a connection
   * that went silent without a reset. A command with a longer statement needs more.
   */
  queryTimeoutMs?: number;
  /** The name to prepare a statement under; empty for one that is not kept. Default: none is. */
  statementNameGenerator?: (query: { sql: string }) => string;
}

// `pg` hangs up after ten seconds without work, and the next write waits for a new connection.
const IDLE_MS = 60_000;

/**
 * A Prisma client on `pg`. It connects at the first query, gives up on a server that does not take the connection after
 * 3,000 ms or does not answer a statement after 10,000 ms, and its sessions are in UTC. Close it by `$disconnect()`.
 *
 * @throws if the connection string cannot be parsed. The message does not repeat it.
 */
export function createClient(
  connectionString: string,
  { maxConnections = 5, queryTimeoutMs = 10_000, statementNameGenerator }: ClientOptions = {},
): PrismaClient {
  const { config, schema } = parseConnectionString(connectionString);
  return new PrismaClient({
    // Otherwise an error's message quotes the calling code, and logs would contain it.
    errorFormat: "minimal",
    adapter: new PrismaPg(
      {
        ...config,
        max: maxConnections,
        connectionTimeoutMillis: 3_000,
        query_timeout: queryTimeoutMs,
        idleTimeoutMillis: IDLE_MS,
        keepAlive: true,
      },
      { ...(schema && { schema }), ...(statementNameGenerator && { statementNameGenerator }) },
    ),
  });
}
