import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { createCallerFactory, createTRPCRouter, syncRouter } from "./trpc.ts";

export const appRouter = createTRPCRouter({
  sync: syncRouter,
});

export type AppRouter = typeof appRouter;
export type RouterInputs = inferRouterInputs<AppRouter>;
export type RouterOutputs = inferRouterOutputs<AppRouter>;

/** Calls the router without HTTP, as server components do: `createCaller(createTRPCContext({ headers }))`. */
export const createCaller = createCallerFactory(appRouter);
