import { Hono, type MiddlewareHandler } from "hono";
import { refusal } from "../api-error.ts";
import { isLoopbackUrl } from "../loopback.ts";
import type { TokenLifetime } from "../session-token.ts";
import type { Store } from "../store/store.ts";
import { clientApi } from "./client.ts";
import { Clients } from "./clients.ts";
import { environmentJson } from "./environment.ts";
import { handshakeApi } from "./handshake.ts";
import { meApi } from "./me.ts";
import { sessionApi } from "./session.ts";
import { signInApi } from "./sign-in.ts";
import { signUpApi } from "./sign-up.ts";
import type { VerificationCodes } from "./verification-codes.ts";

/** The default origin of an application. */
const DEFAULT_ORIGIN = "http://localhost:3000";

/**
 * Clerk's Frontend API, the part that `<SignIn/>`, `<SignUp/>`, `<UserButton/>` and `<UserProfile/>` use. Mount it at `/v1` below
 * a proxy URL. A browser's cookies, not a key, say who asks.
 */
export function frontendApi(store: Store, codes: VerificationCodes, tokenLifetime: TokenLifetime): Hono {
  const clients = new Clients(store, codes, tokenLifetime);
  const api = new Hono();
  api.use(fromThisMachine);

  api.on(["GET", "PATCH"], "/environment", (c) =>
    c.json(environmentJson(store.instance, c.req.header("origin") ?? DEFAULT_ORIGIN)),
  );
  api.route("/client/handshake", handshakeApi(clients));
  api.route("/client/sign_ins", signInApi(clients));
  api.route("/client/sign_ups", signUpApi(clients));
  api.route("/client/sessions", sessionApi(clients));
  api.route("/client", clientApi(clients));
  api.route("/me", meApi(clients));
  return api;
}

/** Keeps other machines' pages away from this machine's cookies, and responses out of every cache. */
const fromThisMachine: MiddlewareHandler = async (c, next) => {
  const origin = c.req.header("origin");
  if (origin !== undefined && !isLoopbackUrl(origin)) {
    throw refusal(400, "origin_invalid", `The emulator serves pages of this machine only, not of ${origin}.`);
  }
  await next();
  c.header("cache-control", "no-store");
};
