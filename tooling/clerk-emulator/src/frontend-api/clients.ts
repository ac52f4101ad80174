import type { Context } from "hono";
import { refusal } from "../api-error.ts";
import type { TokenLifetime } from "../session-token.ts";
import { type Client, newClient } from "../store/client.ts";
import type { Session } from "../store/session.ts";
import type { Store } from "../store/store.ts";
import type { User } from "../store/user.ts";
import { clientJson, type TokenOptions } from "./client-json.ts";
import { readClientId, writeClientId, writeSignedInSince } from "./cookies.ts";
import type { VerificationCodes } from "./verification-codes.ts";

/** The browsers, identified by their cookie, and the user signed in there. */
export class Clients {
  readonly store: Store;
  readonly codes: VerificationCodes;
  readonly #tokenLifetime: TokenLifetime;

  constructor(store: Store, codes: VerificationCodes, tokenLifetime: TokenLifetime) {
    this.store = store;
    this.codes = codes;
    this.#tokenLifetime = tokenLifetime;
  }

  async find(c: Context): Promise<Client | undefined> {
    const id = await readClientId(c, this.store.instance);
    return id === undefined ? undefined : this.store.client(id);
  }

  /** The browser's client; a new one, with a new cookie, if it has none. */
  async open(c: Context): Promise<Client> {
    const known = await this.find(c);
    if (known) return known;
    const client = newClient(Date.now());
    await writeClientId(c, this.store.instance, client.id);
    return this.store.saveClient(client);
  }

  /** @throws ApiError 401 if no user is signed in. */
  async signedIn(c: Context): Promise<{ client: Client; session: Session; user: User }> {
    const client = await this.find(c);
    const session = client && this.store.activeSession(client.id);
    const user = session && this.store.directory.get(session.user_id);
    if (!client || !session || !user) throw refusal(401, "signed_out", "You are signed out");
    return { client, session, user };
  }

  /** Opens the session of a user who has proven their identity. */
  openSession(client: Client, user: User): Session {
    refuseSecondSession(this.store, client);
    refuseBarred(user);
    return this.store.openSession(user.id, client.id);
  }

  /** The user that this request gets tokens for. */
  tokenOptions(origin: string | undefined): TokenOptions {
    return { origin, lifetimeSeconds: this.#tokenLifetime.seconds };
  }

  /** The response that clerk-js expects: the result, and the browser's current state. */
  async answer(c: Context, client: Client, response: unknown): Promise<Response> {
    return c.json({ response, client: await this.describe(c, client) });
  }

  async describe(c: Context, client: Client) {
    writeSignedInSince(c, this.store.instance, this.store.activeSession(client.id));
    return clientJson(this.store, this.codes, client, this.tokenOptions(c.req.header("origin")));
  }
}

/** @throws ApiError 400 if a user is already signed in: the instance allows one session per browser. */
export function refuseSecondSession(store: Store, client: Client): void {
  if (store.activeSession(client.id)) throw refusal(400, "session_exists", "You're already signed in.");
}

/** @throws ApiError 403 if the user may not sign in. */
export function refuseBarred(user: User): void {
  if (user.banned) throw refusal(403, "user_banned", "This account has been banned.");
  if (user.locked) throw refusal(403, "user_locked", "Your account is locked. Please contact the administrator.");
}
