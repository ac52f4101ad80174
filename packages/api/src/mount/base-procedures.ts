import { type Caller, type Freshness, type Rollcall, SyncError } from "@rollcall/sync";
import { initTRPC, TRPCError } from "@trpc/server";
import type { RollcallContext, Synced, SyncState } from "./context.ts";
import { toTRPCError } from "./errors.ts";

export interface Callers {
  /** Who calls, by the request's headers; null when signed out. */
  getCaller: (headers: Headers) => Promise<Caller | null>;
  isAdmin: (caller: Caller) => Promise<boolean>;
}

export type BaseProcedures = ReturnType<typeof createBaseProcedures>;

/** What each procedure begins with: who calls, and whether he may. */
export function createBaseProcedures(rollcall: Rollcall, { getCaller, isAdmin }: Callers) {
  const t = initTRPC.context<RollcallContext>().create();

  // tRPC wraps whatever is thrown as INTERNAL_SERVER_ERROR; a SyncError says better what a client can do.
  const named = t.procedure.use(async ({ next }) => {
    const result = await next();
    if (!result.ok && result.error.code === "INTERNAL_SERVER_ERROR" && result.error.cause instanceof SyncError) {
      throw toTRPCError(result.error.cause);
    }
    return result;
  });

  const signedIn = named.use(async ({ ctx, next }) => {
    const caller = await getCaller(ctx.headers);
    if (!caller) throw new SyncError("UNAUTHENTICATED", "Nobody is signed in");
    return next({ ctx: { caller } });
  });

  const authed = signedIn.use(async ({ ctx, next }) => next({ ctx: await syncFirst(ctx.caller) }));

  async function syncFirst(caller: Caller): Promise<Synced> {
    const freshness = await rollcall.ensureFresh(caller);
    if (freshness.state === "deleted") throw new SyncError("USER_DELETED", "The caller was deleted at Clerk");
    return { caller, user: freshness.user, sync: syncState(freshness) };
  }

  const synced = authed.use(({ ctx, next }) => {
    const { state, errorCode = "DATABASE_UNREACHABLE" } = ctx.sync;
    if (state === "unpersisted") {
      throw toTRPCError(new SyncError(errorCode, "The caller's row could not be made"), "SERVICE_UNAVAILABLE");
    }
    return next();
  });

  const admin = authed.use(async ({ ctx, next }) => {
    if (!(await isAdmin(ctx.caller))) throw new TRPCError({ code: "FORBIDDEN", message: "Only an admin may do this" });
    return next();
  });

  return { router: t.router, signedIn, authed, synced, admin };
}

const syncState = (freshness: Exclude<Freshness, { state: "deleted" }>): SyncState => ({
  state: freshness.state,
  source: freshness.source,
  syncedAt: freshness.state === "unpersisted" ? null : freshness.mirror.checkedAt,
  conflict: freshness.state === "unpersisted" ? false : freshness.mirror.conflict,
  ...(freshness.errorCode && { errorCode: freshness.errorCode }),
});
