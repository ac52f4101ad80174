export { handlers } from "./handlers.ts";
export { type AppRouter, appRouter, createCaller, type RouterInputs, type RouterOutputs } from "./root.ts";
export {
  adminProcedure,
  authedProcedure,
  createTRPCContext,
  publicProcedure,
  syncedProcedure,
  syncRouter,
} from "./trpc.ts";
