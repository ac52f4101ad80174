import {
  type Freshness,
  type PersistedUser,
  type PresentUser,
  type Rollcall,
  requirePersisted,
  requirePresent,
  SyncError,
} from "@rollcall/sync";
import { initTRPC, TRPCError } from "@trpc/server";
import type { Callers } from "./callers.ts";
import type { RollcallContext, Stored, Synced, SyncState } from "./context.ts";
import { toTRPCError } from "./errors.ts";

export type BaseProcedures = ReturnType<typeof createBaseProcedures>;

/** The base of each procedure: who calls, and whether they may. */
export function createBaseProcedures(rollcall: Rollcall, { getCaller, isAdmin }: Callers) {
  const t = initTRPC.context<RollcallContext>().create();

  // tRPC wraps every thrown error as INTERNAL_SERVER_ERROR. A SyncError tells a client more.
  const named = t.procedure.use(async ({ next }) => {
    const result = await next();
    if (!result.ok && result.error.code === "INTERNAL_SERVER_ERROR" && result.error.cause instanceof SyncError) {
      throw toTRPCError(result.error.cause);
    }
    return result;
  });

  // All calls of a batch have the headers of one request: their token is verified once.
  const callers = new WeakMap<Headers, ReturnType<typeof getCaller>>();
  const callerOf = (headers: Headers) => {
    const caller = callers.get(headers) ?? getCaller(headers);
    callers.set(headers, caller);
    return caller;
  };

  const signedIn = named.use(async ({ ctx, next }) => {
    const caller = await callerOf(ctx.headers);
    if (!caller) throw new SyncError("UNAUTHENTICATED", "The caller is not signed in");
    return next({ ctx: { caller } });
  });

  const authed = signedIn.use(async ({ ctx: { caller }, next }) => {
    const found = requirePresent(await rollcall.ensureFresh(caller));
    const ctx: Synced = { caller, user: found.user, sync: syncState(found) };
    return next({ ctx });
  });

  const synced = signedIn.use(async ({ ctx: { caller }, next }) => {
    const found = persistedOrUnavailable(await rollcall.ensureFresh(caller));
    const ctx: Stored = { caller, user: found.user, sync: syncState(found) };
    return next({ ctx });
  });

  const admin = authed.use(async ({ ctx, next }) => {
    if (!(await isAdmin(ctx.caller))) throw new TRPCError({ code: "FORBIDDEN", message: "Only an admin may do this" });
    return next();
  });

  return { router: t.router, signedIn, authed, synced, admin };
}

/** A row that cannot be created now is the server's failure, for any cause. A tombstone is not. */
function persistedOrUnavailable(freshness: Freshness): PersistedUser {
  try {
    return requirePersisted(freshness);
  } catch (error) {
    if (error instanceof SyncError && freshness.state === "unpersisted")
      throw toTRPCError(error, "SERVICE_UNAVAILABLE");
    throw error;
  }
}

const syncState = (freshness: PresentUser): SyncState => ({
  state: freshness.state,
  source: freshness.source,
  syncedAt: freshness.state === "unpersisted" ? null : freshness.mirror.checkedAt,
  conflict: freshness.state === "unpersisted" ? false : freshness.mirror.conflict,
  ...(freshness.errorCode && { errorCode: freshness.errorCode }),
});
