import type { RollcallContext } from "@rollcall/api/mount";
import { SyncError } from "@rollcall/sync";
import { type inferRouterOutputs, initTRPC } from "@trpc/server";
import superjson from "superjson";
import { rollcallTRPC } from "../host.ts";

export const createTRPCContext = (request: RollcallContext): RollcallContext => request;

// A router of its own: the dashboard needs dates and Rollcall's codes, whatever the app's router does to its answers.
const t = initTRPC.context<typeof createTRPCContext>().create({
  transformer: superjson,
  isDev: false, // no stack in a response, in any environment
  errorFormatter({ shape, error }) {
    const { cause } = error;
    if (cause instanceof SyncError) {
      return { ...shape, data: { ...shape.data, errorCode: cause.code, retryAfterMs: cause.retryAfterMs ?? null } };
    }
    // An internal error may name a host or a table: only the log gets it.
    const message = error.code === "INTERNAL_SERVER_ERROR" ? "Something went wrong on the server" : shape.message;
    return { ...shape, message, data: { ...shape.data, errorCode: null, retryAfterMs: null } };
  },
});

export const appRouter = t.router({ sync: rollcallTRPC.router });

export type AppRouter = typeof appRouter;
export type RouterOutputs = inferRouterOutputs<AppRouter>;
