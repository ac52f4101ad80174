import { initTRPC } from "@trpc/server";
import { rollcallTRPC } from "./rollcall";

/** A host's own context: Rollcall needs its headers alone. */
export const createTRPCContext = async (request: { headers: Headers }) => ({ tenant: "acme", ...request });

const transformer = { serialize: (value: unknown) => value, deserialize: (value: unknown) => value };
const t = initTRPC.context<typeof createTRPCContext>().create({ transformer });
const timed = t.middleware(({ next }) => next());
const publicProcedure = t.procedure.use(timed);

export const protectedProcedure = publicProcedure.concat(rollcallTRPC.authed);
export const syncedProcedure = publicProcedure.concat(rollcallTRPC.synced);

export const appRouter = t.router({
  sync: rollcallTRPC.router,
  whoami: protectedProcedure.query(({ ctx }) => ({ tenant: ctx.tenant, id: ctx.user.id, state: ctx.sync.state })),
  order: syncedProcedure
    .input((value: unknown) => String(value))
    .mutation(({ ctx, input }) => `${ctx.caller.userId} orders ${input}`),
});
export type AppRouter = typeof appRouter;
export const createCaller = t.createCallerFactory(appRouter);
