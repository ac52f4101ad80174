import type { Rollcall } from "@rollcall/sync";
import { createBaseProcedures } from "./base-procedures.ts";
import type { Callers } from "./callers.ts";
import { createSyncProcedures } from "./sync-procedures.ts";
import type { AuthedProcedure, SyncedProcedure, SyncRouter } from "./sync-router-type.ts";

export interface RollcallTRPC {
  /**
   * For procedures behind a sign-in: the caller is synced first. If the sync fails, `ctx.sync` says so, and the procedure still
   * runs.
   */
  authed: AuthedProcedure;
  /** For writes that need the caller's row: refuses with SERVICE_UNAVAILABLE if there is none and it could not be created. */
  synced: SyncedProcedure;
  /** For admins. Checked on the server, for each call. */
  admin: AuthedProcedure;
  router: SyncRouter;
}

/**
 * Rollcall's procedures and its `sync` router, for any tRPC 11 router: `publicProcedure.concat(authed)`, and the router under a
 * key.
 */
export function createRollcallTRPC(rollcall: Rollcall, callers: Callers): RollcallTRPC {
  const base = createBaseProcedures(rollcall, callers);
  const procedures = createSyncProcedures(rollcall, base, callers);
  // The border to the host's tRPC: built by this package's version, typed as the host's.
  return {
    authed: base.authed as unknown as AuthedProcedure,
    synced: base.synced as unknown as SyncedProcedure,
    admin: base.admin as unknown as AuthedProcedure,
    router: base.router(procedures) as unknown as SyncRouter,
  };
}
