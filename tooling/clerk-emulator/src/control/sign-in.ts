import { z } from "zod";
import { browserCookies } from "../frontend-api/cookies.ts";
import { signSessionToken, type TokenLifetime } from "../session-token.ts";
import { newClient } from "../store/client.ts";
import type { Store } from "../store/store.ts";
import type { User } from "../store/user.ts";

export const signInSchema = z.strictObject({
  userId: z.string(),
  /** Override the token's claims; null removes one. */
  claims: z.record(z.string(), z.unknown()).optional(),
});

/** The origin of the application under test. */
const ORIGIN = "http://localhost:3000";

/**
 * Signs a user in without a browser: a new session in a new client, its token, and the cookies that Clerk would have set. The
 * user stays unchanged: no `last_sign_in_at`, no new `updated_at`, no webhook.
 */
export async function signIn(
  store: Store,
  user: User,
  { seconds: lifetimeSeconds }: TokenLifetime,
  claims?: Record<string, unknown>,
) {
  const client = store.saveClient(newClient(Date.now()));
  const session = store.openSession(user.id, client.id);
  const { token, claims: signed } = await signSessionToken(store, session, user, {
    origin: ORIGIN,
    lifetimeSeconds,
    claims,
  });
  // A client's last sign-in must not be later than the token, or the SDK treats the token as stale.
  const since = String(signed.iat ?? Math.floor(session.created_at / 1000));
  return { token, sessionId: session.id, cookies: await browserCookies(store.instance, session, token, since) };
}
