import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { createRollcallAuth } from "@rollcall/auth/mount";
import { createClient } from "@rollcall/db/client";
import { createRollcall, type RollcallOptions } from "@rollcall/sync";
import { createTRPCClient, httpBatchLink } from "@trpc/client";
import { initTRPC } from "@trpc/server";
import superjson from "superjson";
import { createRollcallHandlers } from "../../src/http/index.ts";
import type { AppRouter } from "../../src/index.ts";
import type { RollcallContext } from "../../src/mount/context.ts";
import { createRollcallTRPC, createTRPCHandler } from "../../src/mount/index.ts";
import type { Clerk } from "./clerk.ts";
import { type App, ORIGIN } from "./start-app.ts";
import type { Parts } from "./ways-in.ts";

export interface MountedApp extends AsyncDisposable {
  app: Pick<App, "url" | "trpc" | "fetch">;
  rollcall: Parts["rollcall"];
  auth: ReturnType<typeof createRollcallAuth>;
}

/** A host's own app with its own tables, in this process, over HTTP. It refuses banned callers. */
export async function mountApp(
  clerk: Clerk,
  databaseUrl: string,
  tables: NonNullable<RollcallOptions["tables"]>,
): Promise<MountedApp> {
  const db = createClient(databaseUrl);
  const { secretKey, webhookSigningSecret } = clerk;
  const rollcall = createRollcall({
    db,
    connectionString: databaseUrl,
    clerk: { secretKey, apiUrl: clerk.url, webhookSigningSecret },
    tables,
  });
  const auth = createRollcallAuth(rollcall, {
    publishableKey: clerk.publishableKey,
    authorizedParties: [ORIGIN],
    refuseBanned: true,
  });
  const handlers = createRollcallHandlers(rollcall, auth);
  const t = initTRPC.context<RollcallContext>().create({ transformer: superjson });
  const trpc = createTRPCHandler({ router: t.router({ sync: createRollcallTRPC(rollcall, auth).router }) });
  const server = createServer(
    getRequestListener(
      (request) => (new URL(request.url).pathname.startsWith("/api/trpc/") ? trpc(request) : handlers.all(request)),
      { overrideGlobalObjects: false },
    ),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const url = `http://127.0.0.1:${address.port}`;
  return {
    rollcall,
    auth,
    app: {
      url,
      fetch: (path, init) => fetch(`${url}${path}`, init),
      trpc: (token) =>
        createTRPCClient<AppRouter>({
          links: [
            httpBatchLink({
              url: `${url}/api/trpc`,
              transformer: superjson,
              headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
            }),
          ],
        }),
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await db.$disconnect();
    },
  };
}
