import { env, rollcall } from "@rollcall/app";
import { createRollcallAuth, type RollcallAuth } from "./mount.ts";

declare global {
  var rollcallSessions: RollcallAuth | undefined;
}

/**
 * This app's sessions: its one `rollcall` and its Clerk keys. It is kept on `globalThis` as the rollcall is: otherwise a page would
 * load the keys again that the proxy has just loaded, and fail if Clerk does not answer twice.
 */
export const auth: RollcallAuth =
  globalThis.rollcallSessions ??
  createRollcallAuth(rollcall, {
    publishableKey: env.NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY,
    jwtKey: env.CLERK_JWT_KEY,
    adminEmail: env.ADMIN_EMAIL,
    authorizedParties: env.APP_ORIGIN,
  });
globalThis.rollcallSessions = auth;
