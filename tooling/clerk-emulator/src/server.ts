import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener, type HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { ApiError, notFound } from "./api-error.ts";
import { backendApi } from "./backend-api/app.ts";
import { controlApi } from "./control/app.ts";
import { EmulatorError } from "./emulator-error.ts";
import { Faults, injectFaults } from "./faults.ts";
import { countRequests, RequestCount } from "./request-count.ts";
import type { Store } from "./store/store.ts";
import type { WebhookDispatcher } from "./webhooks/dispatcher.ts";

/** Everything that the emulator answers: Clerk's API, which can be counted and made to fail, and the control routes. */
export function emulatorApp(store: Store, webhooks: WebhookDispatcher): Hono<{ Bindings: HttpBindings }> {
  const faults = new Faults();
  const requests = new RequestCount();
  const app = new Hono<{ Bindings: HttpBindings }>();

  app.route("/__control", controlApi(store, webhooks, faults, requests));
  app.use("/v1/*", countRequests(requests), injectFaults(faults));
  app.route("/v1", backendApi(store));

  app.notFound((c) => notFound("route", `${c.req.method} ${c.req.path}`).toResponse());
  app.onError((error) => {
    if (error instanceof ApiError) return error.toResponse();
    console.error(error);
    const longMessage = error instanceof EmulatorError ? error.message : "The emulator failed. Its log says how.";
    return new ApiError(500, [{ code: "internal_clerk_error", message: "Oops", longMessage }]).toResponse();
  });
  return app;
}

/** @throws EmulatorError PORT_TAKEN */
export async function listen(app: Hono<{ Bindings: HttpBindings }>, host: string, port: number): Promise<Server> {
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const message = `Port ${port} of ${host} is in use. Choose another one, or 0 for any that is free.`;
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
