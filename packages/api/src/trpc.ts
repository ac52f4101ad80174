import { rollcall } from "@rollcall/app";
import { getCaller, isAdmin } from "@rollcall/auth";
import { initTRPC } from "@trpc/server";
import superjson from "superjson";
import type { RollcallContext } from "./mount/context.ts";
import { createRollcallTRPC } from "./mount/create-rollcall-trpc.ts";
import { formatError } from "./mount/format-error.ts";

/** The context of a call from a route handler, a server component or a test: anything with the request's headers. */
export const createTRPCContext = (request: RollcallContext): RollcallContext => request;

const t = initTRPC.context<typeof createTRPCContext>().create({
  transformer: superjson,
  isDev: false, // no stack in a response, in any environment
  errorFormatter: formatError,
});

const mounted = createRollcallTRPC(rollcall, { getCaller, isAdmin });

export const createTRPCRouter = t.router;
export const createCallerFactory = t.createCallerFactory;

/** For everyone. */
export const publicProcedure = t.procedure;

/** For signed-in callers. Syncs the caller first, and runs even if that failed (`ctx.sync` says how). */
export const authedProcedure = publicProcedure.concat(mounted.authed);

/** For writes that need the caller's row: refuses if there is none. */
export const syncedProcedure = publicProcedure.concat(mounted.synced);

/** For admins. */
export const adminProcedure = publicProcedure.concat(mounted.admin);

export const syncRouter = mounted.router;
