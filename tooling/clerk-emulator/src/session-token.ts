import { importJWK, type JWTPayload, SignJWT } from "jose";
import { z } from "zod";
import { newId } from "./store/id.ts";
import type { Session } from "./store/session.ts";
import type { Store } from "./store/store.ts";
import type { User } from "./store/user.ts";

const LIFETIME_SECONDS = 60;

/** The header of every Clerk session token. */
const SESSION_TOKEN_CATEGORY = "cl_B7d4PD111AAA";

export const tokenLifetimeSchema = z.int().min(1).max(3600);

/** How long session tokens last, in seconds; undefined: as long as Clerk's. A test may change it at any time. */
export type TokenLifetime = { seconds: number | undefined };

type Options = {
  /** The origin that asks: the claim `azp`, absent if a backend asks. */
  origin?: string | undefined;
  lifetimeSeconds?: number | undefined;
  /** Override all other claims; null removes one. */
  claims?: Record<string, unknown> | undefined;
};

/** A new session token of version 2, and its claims (times in seconds). */
export async function signSessionToken(store: Store, session: Session, user: User, options: Options = {}) {
  const now = Math.floor(Date.now() / 1000);
  const claims: JWTPayload = {
    azp: options.origin ?? null,
    exp: now + (options.lifetimeSeconds ?? LIFETIME_SECONDS),
    fva: [0, -1],
    iat: now,
    iss: `https://${store.instance.frontendHost}`,
    jti: newId("tok"),
    nbf: now - 10,
    sid: session.id,
    sts: "active",
    sub: user.id,
    v: 2,
    ...customClaims(user),
    ...options.claims,
  };
  for (const [name, value] of Object.entries(claims)) if (value === null) delete claims[name];
  const key = await store.signingKey();
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: "RS256", cat: SESSION_TOKEN_CATEGORY, kid: key.kid, typ: "JWT" })
    .sign(await importJWK(key, "RS256"));
  return { token, claims };
}

/**
 * The instance's customised session token, as its owner would write it in Clerk's dashboard: `{"updated_at":
 * "{{user.updated_at}}", "metadata": {"role": "{{user.public_metadata.role}}"}}`. Clerk's times are in seconds.
 */
function customClaims(user: User): JWTPayload {
  return {
    updated_at: Math.floor(user.updated_at / 1000),
    metadata: { role: user.public_metadata.role ?? null },
  };
}
