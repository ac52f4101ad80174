import { answerFailure } from "./answer-failure.ts";

export interface Route {
  methods: readonly string[];
  handle: (request: Request) => Promise<Response>;
}

/** One handler for several routes, told apart by the last part of the path, below whatever path it is mounted. */
export function catchAll(routes: Record<string, Route>): (request: Request) => Promise<Response> {
  const byName = new Map(Object.entries(routes));
  return async (request) => {
    const parts = new URL(request.url).pathname.split("/").filter((part) => part !== "");
    const route = byName.get(parts.at(-1) ?? "");
    if (!route) return answerFailure({ code: "NOT_FOUND" });
    const { methods, handle } = route;
    if (!methods.includes(request.method)) {
      return answerFailure({ code: "METHOD_NOT_ALLOWED" }, { allow: methods.join(", ") });
    }
    return handle(request);
  };
}
