import { env, logger, rollcall } from "@rollcall/app";
import { createRollcallAuth } from "./mount.ts";

/** This app's sessions: its one `rollcall` and its Clerk keys. */
export const auth = createRollcallAuth(rollcall, {
  secretKey: env.CLERK_SECRET_KEY,
  publishableKey: env.NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY,
  apiUrl: env.CLERK_API_URL,
  jwtKey: env.CLERK_JWT_KEY,
  adminEmail: env.ADMIN_EMAIL,
  authorizedParties: env.APP_ORIGIN,
  logger,
});
