import type { MiddlewareHandler } from "hono";
import { ApiError } from "../api-error.ts";
import { isLoopbackHost } from "../loopback.ts";

/** Refuses a request that was not addressed to this machine: a page in a browser whose DNS name was rebound to it. */
export const loopbackOnly: MiddlewareHandler = async (c, next) => {
  if (!isLoopbackHost(c.req.header("host"))) {
    const longMessage = "This is answered under a loopback name only, such as 127.0.0.1 or localhost.";
    throw new ApiError(403, [{ code: "host_not_loopback", message: "is not allowed", longMessage }]);
  }
  await next();
};
