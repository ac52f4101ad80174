import { rollcall } from "@rollcall/app";
import { getCaller, isAdmin } from "@rollcall/auth";
import { SyncError } from "@rollcall/sync";
import { initTRPC } from "@trpc/server";
import superjson from "superjson";
import type { RollcallContext } from "./mount/context.ts";
import { createRollcallTRPC } from "./mount/create-rollcall-trpc.ts";

/**
 * The context of a call: for a route handler, a server component or a test, whatever has the request's headers.
 */
export const createTRPCContext = (request: RollcallContext): RollcallContext => request;

const t = initTRPC.context<typeof createTRPCContext>().create({
  transformer: superjson,
  isDev: false, // no stack in an answer, wherever this runs
  errorFormatter({ shape, error }) {
    const { cause } = error;
    if (cause instanceof SyncError) {
      return { ...shape, data: { ...shape.data, errorCode: cause.code, retryAfterMs: cause.retryAfterMs ?? null } };
    }
    // What went wrong inside may name a host or a table: the log has it.
    const message = error.code === "INTERNAL_SERVER_ERROR" ? "Something went wrong on the server" : shape.message;
    return { ...shape, message, data: { ...shape.data, errorCode: null, retryAfterMs: null } };
  },
});

const mounted = createRollcallTRPC(rollcall, { getCaller, isAdmin });

export const createTRPCRouter = t.router;
export const createCallerFactory = t.createCallerFactory;

/** For everybody. */
export const publicProcedure = t.procedure;

/** For callers who are signed in: syncs the caller first, and goes on also where that failed (`ctx.sync` says how). */
export const authedProcedure = publicProcedure.concat(mounted.authed);

/** For writes that need the caller's row: refuses where there is none. */
export const syncedProcedure = publicProcedure.concat(mounted.synced);

/** For admins. */
export const adminProcedure = publicProcedure.concat(mounted.admin);

export const syncRouter = mounted.router;
