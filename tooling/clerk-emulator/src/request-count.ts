import type { MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";

/** The number of requests, by method and route: `GET /v1/users/:id`. */
export class RequestCount {
  readonly #byRoute = new Map<string, number>();

  add(route: string): void {
    this.#byRoute.set(route, (this.#byRoute.get(route) ?? 0) + 1);
  }

  reset(): void {
    this.#byRoute.clear();
  }

  toJSON(): { total: number; byRoute: Record<string, number> } {
    const total = [...this.#byRoute.values()].reduce((sum, count) => sum + count, 0);
    return { total, byRoute: Object.fromEntries(this.#byRoute) };
  }
}

/** Counts a request when it arrives, whatever its result. Requests without a route share one line. */
export function countRequests(requests: RequestCount): MiddlewareHandler {
  return async (c, next) => {
    const route = matchedRoutes(c).find(({ method }) => method !== "ALL");
    requests.add(route ? `${route.method} ${route.path}` : `${c.req.method} (no such route)`);
    await next();
  };
}
