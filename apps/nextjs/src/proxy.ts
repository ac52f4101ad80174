import { clerkMiddleware } from "@clerk/nextjs/server";
import { env } from "@rollcall/app";
import { auth } from "@rollcall/auth/app";
import { originOf } from "@rollcall/auth/mount";
import { errorCatalog, SyncError } from "@rollcall/sync";
import type { NextFetchEvent, NextRequest } from "next/server";

// The address of Clerk's Frontend API, if it is not the one that the publishable key names.
const clerkProxyUrl = env.NEXT_PUBLIC_CLERK_PROXY_URL;
// The SDK refreshes a session and resolves a handshake without a timeout. Loading the keys has 3 s of these.
const TIMEOUT_MS = 5_000;

const withClerk = clerkMiddleware(
  () => undefined,
  async ({ headers }) => ({
    authorizedParties: env.APP_ORIGIN ?? [originOf(headers)],
    signInUrl: "/sign-in",
    signUpUrl: "/sign-up",
    ...(await keyOption(headers)),
    contentSecurityPolicy: {
      strict: true,
      directives: {
        "base-uri": ["self"],
        "connect-src": clerkProxyUrl && URL.canParse(clerkProxyUrl) ? [new URL(clerkProxyUrl).origin] : [],
        "frame-ancestors": ["none"],
        "img-src": ["self", "data:", "blob:", "https://img.clerk.com"],
        "object-src": ["none"],
      },
    },
  }),
);

/**
 * Keeps the browser's session token valid, and sends the Content-Security-Policy. The pages decide who may see what. If Clerk
 * does not answer, it says so within 5 s and changes no cookie, so that no user is signed out.
 */
export default async function proxy(request: NextRequest, event: NextFetchEvent) {
  try {
    return await Promise.race([withClerk(request, event), timeout()]);
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    const { message, hint } = errorCatalog[error.code];
    return new Response(`${message} ${hint}`, {
      status: 503,
      headers: { "cache-control": "no-store", "content-type": "text/plain; charset=utf-8", "retry-after": "5" },
    });
  }
}

async function keyOption(headers: Headers): Promise<{ jwtKey?: string }> {
  const jwtKey = await auth.sessionKey(headers);
  return jwtKey ? { jwtKey } : {};
}

const timeout = (): Promise<never> =>
  new Promise((_, reject) => {
    const error = new SyncError("CLERK_TIMEOUT", `Clerk did not answer within ${TIMEOUT_MS} ms`);
    setTimeout(reject, TIMEOUT_MS, error).unref();
  });

export const config = {
  // Pages only: API routes answer signed-out callers with JSON, never with a redirect.
  matcher: ["/((?!api/|_next/static|_next/image|icon.svg).*)"],
};
