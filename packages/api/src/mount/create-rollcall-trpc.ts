import type { Rollcall } from "@rollcall/sync";
import { createBaseProcedures } from "./base-procedures.ts";
import type { Callers } from "./callers.ts";
import { createSyncProcedures } from "./sync-procedures.ts";
import type { AuthedProcedure, SyncedProcedure, SyncRouter } from "./sync-router-type.ts";

export interface RollcallTRPC {
  /** For procedures behind a sign-in: the caller is synced first. A sync that fails is in `ctx.sync`, and the work goes on. */
  authed: AuthedProcedure;
  /** For writes that need the caller's row: refuses with SERVICE_UNAVAILABLE where there is none and none could be made. */
  synced: SyncedProcedure;
  /** For admins; checked on the server for each call. */
  admin: AuthedProcedure;
  router: SyncRouter;
}

/**
 * Rollcall's procedures and its `sync` router, to mount in any tRPC 11: `publicProcedure.concat(authed)`, and the router
 * under a key.
 */
export function createRollcallTRPC(rollcall: Rollcall, callers: Callers): RollcallTRPC {
  const base = createBaseProcedures(rollcall, callers);
  const procedures = createSyncProcedures(rollcall, base, callers);
  // The seam to the host's tRPC: what was built by this package's version is named in the types of the host's.
  return {
    authed: base.authed as unknown as AuthedProcedure,
    synced: base.synced as unknown as SyncedProcedure,
    admin: base.admin as unknown as AuthedProcedure,
    router: base.router(procedures) as unknown as SyncRouter,
  };
}
