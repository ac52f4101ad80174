import { type Caller, type Freshness, type Rollcall, SyncError } from "@rollcall/sync";
import { initTRPC, TRPCError } from "@trpc/server";
import type { RollcallContext, Synced, SyncState } from "./context.ts";
import { toTRPCError } from "./errors.ts";
import { parseRunInput } from "./inputs.ts";
import type { Run, StartedRun, Status, SyncMeResult } from "./results.ts";

export interface RollcallTRPCOptions {
  /** Who calls, by the request's headers; null when signed out. */
  getCaller: (headers: Headers) => Promise<Caller | null>;
  isAdmin: (caller: Caller) => Promise<boolean>;
}

// tRPC's own types gain parameters between minor versions. These are asked of the host's version, instead of being
// written into our declarations as those of the version that this package was built with.
declare const root: ReturnType<ReturnType<typeof initTRPC.context<RollcallContext>>["create"]>;
declare const publicBuilder: (typeof root)["procedure"];
export type AuthedProcedure = ReturnType<typeof publicBuilder.use<Synced>>;
declare const authedBuilder: AuthedProcedure;
declare const withRun: ReturnType<typeof authedBuilder.input<(value: unknown) => { runId: string }>>;
export type SyncProcedures = {
  status: ReturnType<typeof authedBuilder.query<Status>>;
  syncMe: ReturnType<typeof authedBuilder.mutation<SyncMeResult>>;
  syncAll: ReturnType<typeof authedBuilder.mutation<StartedRun>>;
  run: ReturnType<typeof withRun.query<Run>>;
};
export type SyncRouter = ReturnType<typeof root.router<SyncProcedures>>;

export interface RollcallTRPC {
  /** For procedures behind a sign-in: the caller is synced first. A sync that fails is in `ctx.sync`, and the work goes on. */
  authed: AuthedProcedure;
  /** For writes that need the caller's row: refuses with SERVICE_UNAVAILABLE where there is none and none could be made. */
  synced: AuthedProcedure;
  /** For admins; checked on the server for each call. */
  admin: AuthedProcedure;
  router: SyncRouter;
}

/**
 * Rollcall's procedures and its `sync` router, to mount in any tRPC 11: `publicProcedure.concat(authed)`, and the router
 * under a key.
 */
export function createRollcallTRPC(rollcall: Rollcall, { getCaller, isAdmin }: RollcallTRPCOptions): RollcallTRPC {
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

  const authed = signedIn.use(async ({ ctx, next }) => next({ ctx: await synced(ctx.caller) }));

  async function synced(caller: Caller): Promise<Synced> {
    const freshness = await rollcall.ensureFresh(caller);
    if (freshness.state === "deleted") throw new SyncError("USER_DELETED", "The caller was deleted at Clerk");
    return { caller, user: freshness.user, sync: syncState(freshness) };
  }

  const withRow = authed.use(({ ctx, next }) => {
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

  const procedures = {
    status: authed.query(async ({ ctx }): Promise<Status> => {
      const directory = (await isAdmin(ctx.caller)) ? await rollcall.status() : null;
      return { me: { user: ctx.user, ...ctx.sync }, directory };
    }),

    // Asks Clerk by itself: a sync before it would ask twice, and take the outcome away.
    syncMe: signedIn.mutation(({ ctx }): Promise<SyncMeResult> => rollcall.syncMe(ctx.caller)),

    syncAll: admin.mutation(async ({ ctx }): Promise<StartedRun> => {
      const run = await rollcall.runs.start({ startedBy: ctx.caller.userId });
      if (!run.joined) {
        // The run's row says how it went, also where it failed.
        const work = async () => void (await rollcall.runs.work(run.runId).catch(() => {}));
        if (ctx.after) ctx.after(work);
        else void work();
      }
      return run;
    }),

    run: admin.input(parseRunInput).query(async ({ input }): Promise<Run> => {
      const run = await rollcall.runs.get(input.runId);
      if (!run) throw new TRPCError({ code: "NOT_FOUND", message: "There is no such run" });
      return run;
    }),
  };

  // The seam to the host's tRPC: what was built by this package's version is named in the types of the host's.
  return {
    authed: authed as unknown as AuthedProcedure,
    synced: withRow as unknown as AuthedProcedure,
    admin: admin as unknown as AuthedProcedure,
    router: t.router(procedures) as unknown as SyncRouter,
  };
}

const syncState = (freshness: Exclude<Freshness, { state: "deleted" }>): SyncState => ({
  state: freshness.state,
  source: freshness.source,
  syncedAt: freshness.state === "unpersisted" ? null : freshness.mirror.checkedAt,
  conflict: freshness.state === "unpersisted" ? false : freshness.mirror.conflict,
  ...(freshness.errorCode && { errorCode: freshness.errorCode }),
});
