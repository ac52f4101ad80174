import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { MiddlewareHandler } from "hono";
import { z } from "zod";
import { ApiError } from "./api-error.ts";

/** How Clerk fails. An absent field has no effect. */
export const faultSchema = z.strictObject({
  /** Delays every response by this much. */
  latencyMs: z.number().min(0).max(600_000).optional(),
  /** Every response has this status, with Clerk's error body. */
  status: z.int().min(400).max(599).optional(),
  /**
   * What a response is instead: `html`, a proxy's page with status 200; `garbage`, bytes that are no text, as JSON; `truncated`,
   * the first half of the true response, then the connection is cut.
   */
  answer: z.enum(["html", "garbage", "truncated"]).optional(),
  /** Seconds in `Retry-After`; a 429 without it says 1. */
  retryAfter: z.int().min(0).optional(),
  /** How often (0..1) the connection is reset instead of answered. */
  resetRate: z.number().min(0).max(1).default(0),
  /** How many requests it hits before it ends. Default: all. */
  times: z.int().min(1).optional(),
  /** The start of the paths that it hits. Default: all paths. */
  path: z.string().startsWith("/").default("/"),
});

export type Fault = z.output<typeof faultSchema>;

const MOST_FAULTS = 100;
const GARBAGE_BYTES = 4_096;

/** The active faults. A request gets only the newest one whose path matches. */
export class Faults {
  #faults: Fault[] = [];

  add(fault: Fault): void {
    this.#faults = [fault, ...this.#faults].slice(0, MOST_FAULTS);
  }

  clear(): void {
    this.#faults = [];
  }

  list(): readonly Fault[] {
    return this.#faults;
  }

  take(path: string): Fault | undefined {
    const fault = this.#faults.find((one) => path.startsWith(one.path));
    if (fault?.times === undefined) return fault;
    const left = fault.times > 1 ? [{ ...fault, times: fault.times - 1 }] : [];
    this.#faults = this.#faults.flatMap((one) => (one === fault ? left : [one]));
    return fault;
  }
}

/** Applies the faults to requests, before anything else. */
export function injectFaults(faults: Faults): MiddlewareHandler<{ Bindings: HttpBindings }> {
  return async (c, next) => {
    const fault = faults.take(c.req.path);
    if (fault?.latencyMs) await wait(fault.latencyMs, undefined, { ref: false });
    if (fault && Math.random() < fault.resetRate) {
      c.env.incoming.socket.resetAndDestroy();
      return RESPONSE_ALREADY_SENT;
    }
    if (fault?.status !== undefined) throw failure(fault.status, fault.retryAfter);
    if (fault?.answer === "html") return c.html("<!doctype html><title>Just a moment</title><p>Checking your browser.");
    if (fault?.answer === "garbage") {
      return c.body(new Uint8Array(randomBytes(GARBAGE_BYTES)), 200, { "content-type": "application/json" });
    }
    await next();
    if (fault?.answer !== "truncated") return;
    const body = Buffer.from(await c.res.arrayBuffer());
    const { outgoing } = c.env;
    outgoing.writeHead(c.res.status, { ...Object.fromEntries(c.res.headers), "content-length": body.byteLength });
    outgoing.write(body.subarray(0, body.byteLength / 2), () => outgoing.destroy());
    c.res = undefined; // otherwise Hono merges the two
    c.res = RESPONSE_ALREADY_SENT;
  };
}

/** Clerk's code for an error that does not depend on the request. */
const CODES: Record<number, string> = {
  401: "clerk_key_invalid",
  403: "authorization_invalid",
  404: "resource_not_found",
  429: "too_many_requests",
};

function failure(status: number, retryAfter = status === 429 ? 1 : undefined): ApiError {
  const code = CODES[status] ?? (status < 500 ? "request_invalid" : "internal_clerk_error");
  const longMessage = `The emulator answers ${status} here, by a fault.`;
  return new ApiError(status, [{ code, message: "An injected fault", longMessage }], retryAfter);
}
