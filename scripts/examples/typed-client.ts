/**
 * Any TypeScript program can call Rollcall. It needs only the router's type:
 *
 *   APP_URL=https://your.app SESSION_TOKEN=… npx tsx scripts/examples/typed-client.ts
 *
 * A session token comes from Clerk: `await window.Clerk.session.getToken()` in a signed-in browser.
 */
import type { AppRouter } from "@rollcall/api";
import { createTRPCClient, httpBatchLink } from "@trpc/client";
import superjson from "superjson";
import { z } from "zod";

const { APP_URL, SESSION_TOKEN } = z.object({ APP_URL: z.url(), SESSION_TOKEN: z.string() }).parse(process.env);

const rollcall = createTRPCClient<AppRouter>({
  links: [
    httpBatchLink({
      url: `${APP_URL}/api/trpc`,
      transformer: superjson,
      headers: { authorization: `Bearer ${SESSION_TOKEN}` },
    }),
  ],
});

const { outcome, user, syncedAt } = await rollcall.sync.syncMe.mutate();
console.log(`${user.id} (${user.email ?? "no email"}): ${outcome}, true at ${syncedAt.toISOString()}`);

const { me, directory } = await rollcall.sync.status.query();
console.log(`state ${me.state}, from ${me.source}`);

if (directory) {
  console.log(`${directory.live} users here, ${directory.atClerk ?? "?"} at Clerk`);
  const { runId, joined } = await rollcall.sync.syncAll.mutate();
  const { report } = await rollcall.sync.run.query({ runId });
  console.log(`run ${runId} ${joined ? "joined" : "begun"}: ${report.state}, ${report.seen} seen`);
}
