import { once } from "node:events";
import type { Server } from "node:http";
import { type ServerType, serve } from "@hono/node-server";
import { createRollcallAuth } from "@rollcall/auth/mount";
import { createClient } from "@rollcall/db/client";
import { createRollcall, type EffectHandlers, type Rollcall, type RollcallOptions } from "@rollcall/sync";
import { initTRPC } from "@trpc/server";
import { z } from "zod/v4";
import { createRollcallHandlers } from "../../src/http/index.ts";
import { createRollcallTRPC } from "../../src/mount/index.ts";
import type { Clerk } from "./clerk.ts";
import { ORIGIN } from "./start-app.ts";

export const CRON_SECRET = "sixteen-letters!";

/** A host's process that handles effects: its endpoints over HTTP, its procedures without. */
export interface HandlingProcess extends AsyncDisposable {
  url: string;
  rollcall: Rollcall;
  /** Calls a procedure as a user, by their session token. */
  caller(token: string): ReturnType<typeof callerOf>;
}

export async function startHandling(
  clerk: Clerk,
  databaseUrl: string,
  effects: EffectHandlers,
  options: Partial<RollcallOptions> = {},
): Promise<HandlingProcess> {
  const db = createClient(databaseUrl);
  const working: Promise<void>[] = [];
  const rollcall = createRollcall({
    db,
    connectionString: databaseUrl,
    clerk: { secretKey: clerk.secretKey, apiUrl: clerk.url, webhookSigningSecret: clerk.webhookSigningSecret },
    effects,
    afterAnswer: () => ({ after: (work) => void working.push(work()) }),
    ...options,
  });
  const auth = createRollcallAuth(rollcall, { publishableKey: clerk.publishableKey, authorizedParties: [ORIGIN] });
  const { all } = createRollcallHandlers(rollcall, { ...auth, cronSecret: CRON_SECRET });
  const server = serve({ fetch: all, hostname: "127.0.0.1", port: 0, overrideGlobalObjects: false });
  return {
    url: `http://127.0.0.1:${await portOf(server)}`,
    rollcall,
    caller: (token) => callerOf(rollcall, auth, token),
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
      await Promise.all(working);
      await rollcall.effects.deliver({ signal: AbortSignal.abort() }).catch(() => {}); // only waits for one that is running
      await db.$disconnect();
    },
  };
}

function callerOf(rollcall: Rollcall, auth: ReturnType<typeof createRollcallAuth>, token: string) {
  const { authed, router: sync } = createRollcallTRPC(rollcall, auth);
  const t = initTRPC.context<{ headers: Headers }>().create();
  const router = t.router({ sync, whoami: t.procedure.concat(authed).query(({ ctx }) => ctx.user) });
  const headers = new Headers({ host: "localhost:3000", authorization: `Bearer ${token}` });
  return t.createCallerFactory(router)({ headers });
}

async function portOf(server: ServerType): Promise<number> {
  const listening: Pick<Server, "listening"> = server;
  if (!listening.listening) await once(server, "listening");
  return z.object({ port: z.number() }).parse(server.address()).port;
}
