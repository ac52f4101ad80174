import { formatError, type RollcallContext } from "@rollcall/api/mount";
import { type inferRouterOutputs, initTRPC } from "@trpc/server";
import superjson from "superjson";
import { rollcallTRPC } from "../host.ts";

export const createTRPCContext = (request: RollcallContext): RollcallContext => request;

// A router of its own: the dashboard needs dates and Rollcall's codes, whatever the app's router does to its answers.
const t = initTRPC.context<typeof createTRPCContext>().create({
  transformer: superjson,
  isDev: false, // no stack in a response, in any environment
  errorFormatter: formatError,
});

export const appRouter = t.router({ sync: rollcallTRPC.router });

export type AppRouter = typeof appRouter;
export type RouterOutputs = inferRouterOutputs<AppRouter>;
