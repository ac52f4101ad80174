import { createClerkClient } from "@clerk/backend";
import type { Caller } from "@rollcall/sync";
import { z } from "zod/v4";

export interface SessionOptions {
  secretKey: string;
  publishableKey: string;
  apiUrl?: string | undefined;
  /** The public key of a request's token, as PEM; undefined where the request carries no token. */
  keyOf: (headers: Headers) => Promise<string | undefined>;
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
 * Reads who calls from a request's headers: a session token of Clerk's, as Bearer or as its cookies, verified. Beside
 * `keyOf` it does no I/O.
 *
 * @returns null for a caller who is signed out, or whose session is not complete
 * @throws SyncError what `keyOf` throws
 */
export function callerReader(options: SessionOptions): (headers: Headers) => Promise<Caller | null> {
  const { secretKey, publishableKey, apiUrl, keyOf, authorizedParties } = options;
  const clerk = createClerkClient({
    secretKey,
    publishableKey,
    ...(apiUrl && { apiUrl }),
    // It would print a notice on stdout, among lines of JSON, and report to Clerk: this client does nothing but verify.
    telemetry: { disabled: true },
  });
  return async (headers) => {
    const origin = originOf(headers);
    const jwtKey = await keyOf(headers);
    if (!jwtKey) return null; // without a key the SDK would load one itself, for as long as Clerk takes to answer
    const state = await clerk.authenticateRequest(new Request(origin, { headers: credentialsOf(headers) }), {
      acceptsToken: "session_token",
      authorizedParties: authorizedParties ?? [origin],
      jwtKey,
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

const CREDENTIAL_COOKIE = /^__(session|client_uat|clerk_db_jwt)(_|=)/;

/**
 * What proves a session, alone. With the rest the SDK would do more than verify: `__refresh_*` and a handshake's cookies make
 * it call Clerk without a timeout, and a link from another site reads as signed out.
 */
function credentialsOf(headers: Headers): Headers {
  const authorization = headers.get("authorization");
  const cookies = (headers.get("cookie") ?? "").split(/; */).filter((cookie) => CREDENTIAL_COOKIE.test(cookie));
  return new Headers({
    ...(authorization && { authorization }),
    ...(cookies.length > 0 && { cookie: cookies.join("; ") }),
  });
}

/** The origin that the request was sent to: as the outermost proxy says it, else its host. */
export function originOf(headers: Headers): string {
  const host = firstOf(headers.get("x-forwarded-host")) ?? headers.get("host") ?? "localhost";
  const isLocal = /^(localhost|127\.0\.0\.1|\[::1\])(:|$)/.test(host);
  const origin = `${forwardedProtocol(headers) ?? (isLocal ? "http" : "https")}://${host}`;
  return URL.canParse(origin) ? new URL(origin).origin : "http://localhost";
}

/** Anybody can send the header: any other scheme than a web page's is ignored. */
function forwardedProtocol(headers: Headers): "http" | "https" | undefined {
  const protocol = firstOf(headers.get("x-forwarded-proto"))?.toLowerCase();
  return protocol === "http" || protocol === "https" ? protocol : undefined;
}

/** Each proxy on the way appends its own value: the first is the one that the visitor's browser used. */
const firstOf = (list: string | null): string | undefined => list?.split(",")[0]?.trim() || undefined;

/** Clerk's template gives `user.updated_at` in seconds; other versions of it gave ms. */
const inMs = (time: number): number => (time > 1e11 ? time : time * 1_000);
