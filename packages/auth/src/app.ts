import { env, rollcall } from "@rollcall/app";
import { createRollcallAuth } from "./mount.ts";

/** This app's sessions: its one `rollcall` and its Clerk keys. */
export const auth = createRollcallAuth(rollcall, {
  publishableKey: env.NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY,
  jwtKey: env.CLERK_JWT_KEY,
  adminEmail: env.ADMIN_EMAIL,
  authorizedParties: env.APP_ORIGIN,
});
