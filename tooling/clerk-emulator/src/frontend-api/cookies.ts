import type { Context } from "hono";
import {
  generateCookie,
  generateSignedCookie,
  getCookie,
  getSignedCookie,
  setCookie,
  setSignedCookie,
} from "hono/cookie";
import type { CookieOptions } from "hono/utils/cookie";
import { cookieSuffix, type Instance } from "../store/instance.ts";
import type { Session } from "../store/session.ts";

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** Cookies ignore the port: an application on localhost shares these with the emulator on localhost. */
const LASTING = { path: "/", sameSite: "Lax", maxAge: YEAR_SECONDS } satisfies CookieOptions;

/** Identifies the browser. Only the emulator reads it, and it cannot be forged. */
const CLIENT = "__client";

export async function readClientId(c: Context, instance: Instance): Promise<string | undefined> {
  return (await getSignedCookie(c, instance.secretKey, CLIENT)) || undefined;
}

export async function writeClientId(c: Context, instance: Instance, clientId: string): Promise<void> {
  await setSignedCookie(c, CLIENT, clientId, instance.secretKey, { ...LASTING, httpOnly: true });
}

/** The cookies of a browser with this session, by name. `since` (seconds) is when the user signed in. */
export async function browserCookies(
  instance: Instance,
  session: Session,
  token: string,
  since: string,
): Promise<Record<string, string>> {
  const line = await generateSignedCookie(CLIENT, session.client_id, instance.secretKey);
  return {
    [CLIENT]: /^[^=]+=([^;]+)/.exec(line)?.[1] ?? "",
    ...Object.fromEntries(bothNames("__session", instance).map((name) => [name, token])),
    ...Object.fromEntries(bothNames("__client_uat", instance).map((name) => [name, since])),
  };
}

/**
 * Tells the browser since when a user is signed in: `__client_uat`, in seconds, 0 for no user. It is never later than that
 * session's tokens: the SDK would treat them as outdated.
 */
export function writeSignedInSince(c: Context, instance: Instance, session: Session | undefined): void {
  const since = signedInSince(session);
  for (const name of bothNames("__client_uat", instance)) {
    if (getCookie(c, name) !== since) setCookie(c, name, since, LASTING);
  }
}

/** The Set-Cookie lines for what the browser's own script normally maintains. Without a token, no user is signed in. */
export function handshakeDirectives(
  instance: Instance,
  session: Session | undefined,
  token: string | undefined,
): string[] {
  return [
    ...bothNames("__session", instance).map((name) =>
      generateCookie(name, token ?? "", { ...LASTING, ...(token === undefined ? { maxAge: 0 } : {}) }),
    ),
    ...bothNames("__client_uat", instance).map((name) => generateCookie(name, signedInSince(session), LASTING)),
    generateCookie(HANDSHAKE, "", { path: "/", maxAge: 0 }),
  ];
}

const HANDSHAKE = "__clerk_handshake";
const HANDSHAKE_SECONDS = 60;

/** Passes a signed list of Set-Cookie lines to the server that the browser returns to. */
export function writeHandshake(c: Context, token: string): void {
  setCookie(c, HANDSHAKE, token, { ...LASTING, maxAge: HANDSHAKE_SECONDS });
}

function signedInSince(session: Session | undefined): string {
  return String(session ? Math.floor(session.created_at / 1000) : 0);
}

/** Clerk sets them under the plain name for old SDKs, and under the instance's own name. */
function bothNames(name: string, instance: Instance): string[] {
  return [name, `${name}_${cookieSuffix(instance)}`];
}
