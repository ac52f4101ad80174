import type { RollcallContext } from "@rollcall/api/mount";
import { createRollcallTRPC } from "@rollcall/api/mount";
import type { RollcallAuth } from "@rollcall/auth/mount";
import type { Rollcall } from "@rollcall/sync";
import { initTRPC, TRPCError } from "@trpc/server";

/** The same procedure twice: behind Rollcall, which syncs the caller first, and behind the session alone. */
export function comparedRouter(rollcall: Rollcall, { getCaller, isAdmin }: RollcallAuth) {
  const t = initTRPC.context<RollcallContext>().create();
  const { authed } = createRollcallTRPC(rollcall, { getCaller, isAdmin });
  const signedIn = t.procedure.use(async ({ ctx, next }) => {
    const caller = await getCaller(new Headers(ctx.headers));
    if (!caller) throw new TRPCError({ code: "UNAUTHORIZED" });
    return next({ ctx: { caller } });
  });
  return t.router({
    synced: t.procedure.concat(authed).query(({ ctx }) => ctx.caller.userId),
    authenticated: signedIn.query(({ ctx }) => ctx.caller.userId),
  });
}
