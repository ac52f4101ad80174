import { serve } from "@hono/node-server";
import { db } from "@rollcall/app";
import { handlers } from "../../src/index.ts";
import type { RollcallContext } from "../../src/mount/index.ts";

type AfterAnswer = Pick<RollcallContext, "after" | "stop"> & { ownUrl?: URL | undefined };

/**
 * The application's entry points as a separate process: configured by its environment, it answers over HTTP and logs on stdout.
 * It reports its port to the parent, and ends with it. WORK_LIMIT_MS limits how long a request may work, as a platform does; with
 * CALLS_ITSELF, such a request calls the next one.
 */
const routes: [path: string, handle: (request: Request, afterAnswer: AfterAnswer) => Promise<Response>][] = [
  ["/api/trpc/", handlers.trpc],
  ["/api/sync-current-user", handlers.syncCurrentUser],
  ["/api/webhooks/clerk", handlers.webhook],
  ["/api/health", handlers.health],
  ["/api/cron/sync", handlers.cron],
  ["/api/metrics", handlers.metrics],
];

let ownUrl: URL | undefined;
const limitMs = process.env.WORK_LIMIT_MS ? Number(process.env.WORK_LIMIT_MS) : undefined;

serve(
  {
    async fetch(request, { outgoing }) {
      const { pathname } = new URL(request.url);
      const handle = routes.find(([path]) => pathname.startsWith(path))?.[1];
      // Like Next's `after`: the work starts once the response was sent.
      const after = (work: () => Promise<void>) => void outgoing.once("close", work);
      const stop = limitMs === undefined ? undefined : AbortSignal.timeout(limitMs);
      return handle ? handle(request, { after, stop, ownUrl }) : new Response(null, { status: 404 });
    },
    hostname: "127.0.0.1",
    port: 0,
    overrideGlobalObjects: false,
  },
  ({ port }) => {
    if (process.env.CALLS_ITSELF) ownUrl = new URL(`http://127.0.0.1:${port}/api/cron/sync`);
    process.send?.({ port });
  },
);

for (const end of ["SIGTERM", "disconnect"]) {
  process.once(end, async () => {
    await db.$disconnect();
    process.exit();
  });
}
