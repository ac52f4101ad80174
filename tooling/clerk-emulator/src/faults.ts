import { setTimeout as wait } from "node:timers/promises";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { MiddlewareHandler } from "hono";
import { z } from "zod";
import { ApiError } from "./api-error.ts";

/** How Clerk is to fail. What is absent does not happen. */
export const faultSchema = z.strictObject({
  /** Every answer comes so much later. */
  latencyMs: z.number().min(0).max(600_000).optional(),
  /** The answer is this status, with Clerk's error body. */
  status: z.int().min(400).max(599).optional(),
  /** Seconds in `Retry-After`; a 429 without it says 1. */
  retryAfter: z.int().min(0).optional(),
  /** How often (0..1) the connection is reset instead of answered. */
  resetRate: z.number().min(0).max(1).default(0),
  /** How many requests it hits before it ends; for ever where absent. */
  times: z.int().min(1).optional(),
  /** What the paths begin with that it hits; all where absent. */
  path: z.string().startsWith("/").default("/"),
});

export type Fault = z.output<typeof faultSchema>;

const MOST_FAULTS = 100;

/** The faults in force. A request meets the newest one whose path is its own, and no other. */
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

/** Lets requests meet the faults before anything else does. */
export function injectFaults(faults: Faults): MiddlewareHandler<{ Bindings: HttpBindings }> {
  return async (c, next) => {
    const fault = faults.take(c.req.path);
    if (fault?.latencyMs) await wait(fault.latencyMs, undefined, { ref: false });
    if (fault && Math.random() < fault.resetRate) {
      c.env.incoming.socket.resetAndDestroy();
      return RESPONSE_ALREADY_SENT;
    }
    if (fault?.status !== undefined) throw failure(fault.status, fault.retryAfter);
    await next();
  };
}

/** What Clerk calls a failure that has nothing to do with what was asked. */
const CODES: Record<number, string> = {
  401: "clerk_key_invalid",
  403: "authorization_invalid",
  404: "resource_not_found",
  429: "too_many_requests",
};

function failure(status: number, retryAfter = status === 429 ? 1 : undefined): ApiError {
  const code = CODES[status] ?? (status < 500 ? "request_invalid" : "internal_clerk_error");
  const longMessage = `The emulator was told to answer ${status} here.`;
  return new ApiError(status, [{ code, message: "An injected fault", longMessage }], retryAfter);
}
