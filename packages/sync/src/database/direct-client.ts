import pg from "pg";

/** In ms. The other side never resets a silent connection. */
export const TIME_LIMITS = { connectionTimeoutMillis: 3_000, query_timeout: 10_000 };

/** A client with its own session, next to the host's pool. Connect it, and end it. */
export function directClient(connectionString: string): pg.Client {
  const client = new pg.Client({ connectionString, ...TIME_LIMITS });
  client.on("error", () => {}); // if the connection breaks, so does the next query
  return client;
}
