import { type Context, Hono } from "hono";
import { notFound } from "../api-error.ts";
import { signSessionToken } from "../session-token.ts";
import { sessionFacts, sessionJson } from "./client-json.ts";
import type { Clients } from "./clients.ts";
import { userJson } from "./user-json.ts";

/** `/v1/client/sessions/:id`: the session of this browser. */
export function sessionApi(clients: Clients): Hono {
  const { store } = clients;

  const own = async (c: Context<object, "/:id">) => {
    const found = await clients.signedIn(c);
    if (found.session.id !== c.req.param("id")) throw notFound("session", c.req.param("id"));
    return found;
  };
  const tokenOptions = (c: Context) => clients.tokenOptions(c.req.header("origin"));

  const api = new Hono();

  api.get("/:id", async (c) => {
    const { client, session, user } = await own(c);
    return clients.answer(c, client, await sessionJson(store, session, user, tokenOptions(c)));
  });

  api.post("/:id/touch", async (c) => {
    const { client, session, user } = await own(c);
    const touched = store.touchSession(session);
    return clients.answer(c, client, await sessionJson(store, touched, user, tokenOptions(c)));
  });

  /** A new token, which clerk-js requests before the last one expires. */
  api.post("/:id/tokens", async (c) => {
    const { session, user } = await own(c);
    const { token: jwt } = await signSessionToken(store, session, user, tokenOptions(c));
    return c.json({ object: "token", jwt });
  });

  for (const [action, status] of [
    ["end", "ended"],
    ["remove", "removed"],
  ] as const) {
    api.post(`/:id/${action}`, async (c) => {
      const { client, session, user } = await own(c);
      const ended = store.endSession(session, status);
      return clients.answer(c, client, { ...sessionFacts(ended, user), last_active_token: null, user: userJson(user) });
    });
  }

  return api;
}
