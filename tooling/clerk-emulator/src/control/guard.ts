import type { MiddlewareHandler } from "hono";
import { ApiError } from "../api-error.ts";
import { isLoopbackHost } from "../loopback.ts";

/** Refuses a request that was not addressed to this machine: a page in a browser whose DNS name was rebound to it. */
export const loopbackOnly: MiddlewareHandler = async (c, next) => {
  if (!isLoopbackHost(c.req.header("host"))) {
    const longMessage = "This route answers only under a loopback name, such as 127.0.0.1 or localhost.";
    throw new ApiError(403, [{ code: "host_not_loopback", message: "is not allowed", longMessage }]);
  }
  await next();
};
