import { type Context, Hono } from "hono";
import type { Client } from "../store/client.ts";
import type { Clients } from "./clients.ts";
import { writeSignedInSince } from "./cookies.ts";

/** `/v1/client`: Clerk's view of a browser. */
export function clientApi(clients: Clients): Hono {
  const { store } = clients;
  const api = new Hono();

  const answer = async (c: Context, client: Client | undefined) => {
    if (client) return c.json({ response: await clients.describe(c, client), client: null });
    writeSignedInSince(c, store.instance, undefined);
    return c.json({ response: null, client: null });
  };

  const signOut = async (c: Context) => {
    const client = await clients.find(c);
    const session = client && store.activeSession(client.id);
    if (session) store.endSession(session, "removed");
    return answer(c, client);
  };

  api.get("/", async (c) => answer(c, await clients.find(c)));
  api.put("/", async (c) => answer(c, await clients.open(c)));
  api.delete("/", signOut);
  api.delete("/sessions", signOut);

  return api;
}
