import { clerkMiddleware } from "@clerk/nextjs/server";
import { appOrigins, originOf } from "@rollcall/auth";

// The address of Clerk's Frontend API, if it is not the one that the publishable key names.
const clerkProxyUrl = process.env.NEXT_PUBLIC_CLERK_PROXY_URL;
const jwtKey = process.env.CLERK_JWT_KEY;

/** Keeps the browser's session token valid, and sends the Content-Security-Policy. The pages decide who may see what. */
export default clerkMiddleware(
  () => undefined,
  (request) => ({
    authorizedParties: appOrigins ?? [originOf(request.headers)],
    signInUrl: "/sign-in",
    signUpUrl: "/sign-up",
    ...(jwtKey && { jwtKey }),
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

export const config = {
  // Pages only: API routes answer signed-out callers with JSON, never with a redirect.
  matcher: ["/((?!api/|_next/static|_next/image|icon.svg).*)"],
};
