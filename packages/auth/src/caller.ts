import { createClerkClient } from "@clerk/backend";
import type { Caller } from "@rollcall/sync";
import { z } from "zod";
import { sessionKeys } from "./session-keys.ts";

export interface SessionOptions {
  secretKey: string;
  publishableKey: string;
  apiUrl?: string | undefined;
  /** Clerk's public key: with it a token is verified without asking Clerk for its keys. */
  jwtKey?: string | undefined;
  /** The origins for which a session token may have been made; the default is the request's own. */
  authorizedParties?: string[] | undefined;
}

const claimsSchema = z.object({
  sub: z.string(),
  iat: z.number(),
  updated_at: z.coerce.number().positive().nullish().catch(null),
  metadata: z.object({ role: z.string().nullish() }).nullish().catch(null),
});

/**
 * Reads who calls from a request's headers: a session token of Clerk's, as Bearer or as its cookies, verified.
 *
 * @returns null for a caller who is signed out, or whose session is not complete
 * @throws SyncError CLERK_UNREACHABLE or CLERK_UNAUTHORIZED where Clerk's keys are not known yet and cannot be loaded; never with `jwtKey`
 */
export function callerReader(options: SessionOptions): (headers: Headers) => Promise<Caller | null> {
  const { secretKey, publishableKey, apiUrl, jwtKey, authorizedParties } = options;
  const clerk = createClerkClient({ secretKey, publishableKey, ...(apiUrl && { apiUrl }) });
  const keyOf = sessionKeys({ secretKey, apiUrl });
  return async (headers) => {
    const origin = originOf(headers);
    const key = jwtKey ?? (await keyOf(headers));
    const state = await clerk.authenticateRequest(new Request(origin, { headers }), {
      acceptsToken: "session_token",
      authorizedParties: authorizedParties ?? [origin],
      ...(key && { jwtKey: key }),
    });
    const session = state.toAuth();
    if (!session?.userId) return null;
    const claims = claimsSchema.parse(session.sessionClaims);
    return {
      userId: claims.sub,
      tokenIssuedAt: new Date(claims.iat * 1_000),
      userUpdatedAt: claims.updated_at ? new Date(inMs(claims.updated_at)) : null,
      role: claims.metadata?.role ?? null,
    };
  };
}

/** The origin that the request was sent to, as the proxy in front says it. */
export function originOf(headers: Headers): string {
  const host = headers.get("x-forwarded-host") ?? headers.get("host") ?? "localhost";
  const isLocal = /^(localhost|127\.0\.0\.1|\[::1\])(:|$)/.test(host);
  const protocol = headers.get("x-forwarded-proto")?.split(",")[0]?.trim() ?? (isLocal ? "http" : "https");
  return URL.canParse(`${protocol}://${host}`) ? new URL(`${protocol}://${host}`).origin : "http://localhost";
}

/** Clerk's template gives `user.updated_at` in seconds; other versions of it gave ms. */
const inMs = (time: number): number => (time > 1e11 ? time : time * 1_000);
