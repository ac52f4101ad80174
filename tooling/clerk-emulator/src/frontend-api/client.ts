import { type Context, Hono } from "hono";
import type { Clients } from "./clients.ts";
import { writeSignedInSince } from "./cookies.ts";

/** `/v1/client`: what a browser is to Clerk. */
export function clientApi(clients: Clients): Hono {
  const { store } = clients;
  const api = new Hono();

  api.get("/", async (c) => {
    const client = await clients.find(c);
    if (client) return c.json({ response: await clients.describe(c, client), client: null });
    writeSignedInSince(c, store.instance, undefined);
    return c.json({ response: null, client: null });
  });

  api.put("/", async (c) => c.json({ response: await clients.describe(c, await clients.open(c)), client: null }));

  const signOut = async (c: Context) => {
    const client = await clients.open(c);
    const session = store.activeSession(client.id);
    if (session) store.endSession(session, "removed");
    return c.json({ response: await clients.describe(c, client), client: null });
  };
  api.delete("/", signOut);
  api.delete("/sessions", signOut);

  return api;
}
