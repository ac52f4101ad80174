import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener, type HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { cors } from "hono/cors";
import { methodOverride } from "hono/method-override";
import { ApiError, notFound } from "./api-error.ts";
import { backendApi } from "./backend-api/app.ts";
import { controlApi } from "./control/app.ts";
import { loopbackOnly } from "./control/guard.ts";
import { EmulatorError } from "./emulator-error.ts";
import { Faults, injectFaults } from "./faults.ts";
import { frontendApi } from "./frontend-api/app.ts";
import { browserBundles } from "./frontend-api/browser-bundles.ts";
import { VerificationCodes } from "./frontend-api/verification-codes.ts";
import { isLoopbackUrl } from "./loopback.ts";
import { countRequests, RequestCount } from "./request-count.ts";
import type { Store } from "./store/store.ts";
import type { WebhookDispatcher } from "./webhooks/dispatcher.ts";

/** Where browsers find the Frontend API: `NEXT_PUBLIC_CLERK_PROXY_URL` without its origin. */
export const FRONTEND_PATH = "/__clerk";

type Options = {
  /** How long session tokens for browsers are valid. */
  tokenLifetimeSeconds: number | undefined;
  /** Gets lines for the person at the terminal. */
  log: (line: string) => void;
};

/** All routes of the emulator: Clerk's two APIs, with request counts and faults, and the control routes. */
export function emulatorApp(
  store: Store,
  webhooks: WebhookDispatcher,
  { tokenLifetimeSeconds, log }: Options,
): Hono<{ Bindings: HttpBindings }> {
  const tokenLifetime = { seconds: tokenLifetimeSeconds };
  const faults = new Faults();
  const requests = new RequestCount();
  const codes = new VerificationCodes(log);
  // clerk-js ends some paths with a slash.
  const app = new Hono<{ Bindings: HttpBindings }>({ strict: false });

  app.route("/__control", controlApi(store, webhooks, faults, requests, codes, tokenLifetime));

  app.use("/v1/*", countRequests(requests), injectFaults(faults));
  app.route("/v1", backendApi(store));

  const forBrowsers = cors({ origin: (origin) => (isLoopbackUrl(origin) ? origin : null), credentials: true });
  // clerk-js sends only GET and POST, to avoid preflights: the query of a POST names any other method.
  const asMeant = methodOverride({ app, query: "_method" });
  app.use(`${FRONTEND_PATH}/*`, (c, next) => (c.req.method === "POST" ? asMeant(c, next) : next()));
  app.use(`${FRONTEND_PATH}/*`, loopbackOnly, forBrowsers, countRequests(requests), injectFaults(faults));
  app.route(`${FRONTEND_PATH}/v1`, frontendApi(store, codes, tokenLifetime));
  app.use("/npm/*", forBrowsers);
  app.route("/", browserBundles());

  app.notFound((c) => {
    if (c.req.path.startsWith(`${FRONTEND_PATH}/`)) log(`No such route: ${c.req.method} ${c.req.path}`);
    return notFound("route", `${c.req.method} ${c.req.path}`).toResponse();
  });
  app.onError((error) => {
    if (error instanceof ApiError) return error.toResponse();
    console.error(error);
    const longMessage = error instanceof EmulatorError ? error.message : "The emulator failed. See its log.";
    return new ApiError(500, [{ code: "internal_clerk_error", message: "Oops", longMessage }]).toResponse();
  });
  return app;
}

/** @throws EmulatorError PORT_TAKEN */
export async function listen(app: Hono<{ Bindings: HttpBindings }>, host: string, port: number): Promise<Server> {
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const message = `Port ${port} of ${host} is in use. Choose another one, or 0 for any free port.`;
      reject(error.code === "EADDRINUSE" ? new EmulatorError("PORT_TAKEN", message, { cause: error }) : error);
    });
    server.listen(port, host, resolve);
  });
  return server;
}

export function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("The server is not listening on a port.");
  return address.port;
}
