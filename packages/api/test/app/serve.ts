import { serve } from "@hono/node-server";
import { rollcall } from "@rollcall/auth";
import { db } from "@rollcall/db";
import { handleHealth, handleSyncCurrentUser, handleTRPC } from "../../src/http/index.ts";

/**
 * The application's ways in as a process of their own: the environment goes in, answers come by HTTP and log lines on
 * stdout. Tells its parent the port, and ends with it.
 */
const routes: [path: string, handle: (request: Request) => Promise<Response>][] = [
  ["/api/trpc/", (request) => handleTRPC(request)],
  ["/api/sync-current-user", handleSyncCurrentUser],
  ["/api/webhooks/clerk", rollcall.handleWebhook],
  ["/api/health", handleHealth],
];

serve(
  {
    async fetch(request) {
      const { pathname } = new URL(request.url);
      const handle = routes.find(([path]) => pathname.startsWith(path))?.[1];
      return handle ? handle(request) : new Response(null, { status: 404 });
    },
    hostname: "127.0.0.1",
    port: 0,
    overrideGlobalObjects: false,
  },
  ({ port }) => process.send?.({ port }),
);

for (const end of ["SIGTERM", "disconnect"]) {
  process.once(end, async () => {
    await db.$disconnect();
    process.exit();
  });
}
