import type { MiddlewareHandler } from "hono";
import { ApiError } from "../api-error.ts";
import { type Instance, sameText } from "../store/instance.ts";

/** Refuses requests without the instance's secret key, as `Authorization: Bearer sk_live_…`. */
export function requireSecretKey(instance: Instance): MiddlewareHandler {
  return async (c, next) => {
    const header = c.req.header("authorization");
    const key = /^Bearer (\S+)$/.exec(header ?? "")?.[1];
    if (key === undefined) {
      throw unauthorized(
        "authorization_header_format_invalid",
        "Invalid Authorization header format",
        'Invalid Authorization header format. Must be "Bearer <YOUR_API_KEY>"',
      );
    }
    if (!sameText(key, instance.secretKey)) {
      throw unauthorized(
        "clerk_key_invalid",
        "The provided Clerk Secret Key is invalid. Make sure that your Clerk Secret Key is correct.",
        "The provided Clerk Secret Key is invalid. Make sure that your Clerk Secret Key is correct.",
      );
    }
    await next();
  };
}

function unauthorized(code: string, message: string, longMessage: string): ApiError {
  return new ApiError(401, [{ code, message, longMessage }]);
}
