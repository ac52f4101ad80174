import { Hono } from "hono";
import { importJWK, SignJWT } from "jose";
import { invalidParameter } from "../api-error.ts";
import { isLoopbackUrl } from "../loopback.ts";
import { signSessionToken } from "../session-token.ts";
import type { Clients } from "./clients.ts";
import { handshakeDirectives, writeHandshake } from "./cookies.ts";

/**
 * `/v1/client/handshake`: a server sends a browser with an old token here, and it returns with new cookies. clerk-js can't do
 * that: no page of the application is loaded yet.
 */
export function handshakeApi(clients: Clients): Hono {
  const { store } = clients;
  const { instance } = store;
  const api = new Hono();

  api.get("/", async (c) => {
    const redirectUrl = c.req.query("redirect_url") ?? "";
    if (!isLoopbackUrl(redirectUrl)) {
      throw invalidParameter("redirect_url", "It must be an http(s) URL on this machine.");
    }
    const client = await clients.find(c);
    const session = client && store.activeSession(client.id);
    const user = session && store.directory.get(session.user_id);
    const signed =
      session &&
      user &&
      (await signSessionToken(store, session, user, clients.tokenOptions(new URL(redirectUrl).origin)));
    const key = await store.signingKey();
    const token = await new SignJWT({ handshake: handshakeDirectives(instance, session, signed?.token) })
      .setProtectedHeader({ alg: "RS256", kid: key.kid, typ: "JWT" })
      .setIssuedAt()
      .setExpirationTime("60s")
      .sign(await importJWK(key, "RS256"));
    writeHandshake(c, token);
    return c.redirect(redirectUrl, 307);
  });

  return api;
}
