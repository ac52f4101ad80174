import { createClerkClient } from "@clerk/backend";
import { createRollcallAuth } from "@rollcall/auth/mount";
import { createClient } from "@rollcall/db/client";
import { createRollcall } from "@rollcall/sync";
import { statementNameGenerator } from "@rollcall/sync/prisma";
import { initTRPC, TRPCError } from "@trpc/server";
import { type Clerk, ORIGIN } from "../clerk.ts";
import { comparedRouter } from "./compared-router.ts";

/** Calls a protected procedure with a session token. */
export type Call = (token: string) => Promise<unknown>;

export interface ProtectedCalls extends AsyncDisposable {
  /** Behind Rollcall. */
  synced: Call;
  /** Behind the session alone. */
  authenticated: Call;
  /** Behind what applications write by hand: Clerk's `currentUser()`, which asks Clerk, and an upsert. */
  usual: Call;
}

/** A process's protected procedures, called without HTTP, as server components do. */
export function openProtectedCalls(
  databaseUrl: string,
  { url: clerkUrl, secretKey, publishableKey }: Pick<Clerk, "url" | "secretKey" | "publishableKey">,
): ProtectedCalls {
  const db = createClient(databaseUrl, { statementNameGenerator });
  const rollcall = createRollcall({ db, clerk: { secretKey, apiUrl: clerkUrl } });
  const auth = createRollcallAuth(rollcall, { publishableKey, authorizedParties: [ORIGIN] });
  const backend = createClerkClient({ secretKey, publishableKey, apiUrl: clerkUrl, telemetry: { disabled: true } });

  const t = initTRPC.context<{ headers: Headers }>().create();
  const usual = t.procedure.use(async ({ ctx, next }) => {
    const caller = await auth.getCaller(ctx.headers);
    if (!caller) throw new TRPCError({ code: "UNAUTHORIZED" });
    const { id, fullName: name, imageUrl: image, primaryEmailAddress } = await backend.users.getUser(caller.userId);
    const isVerified = primaryEmailAddress?.verification?.status === "verified";
    const email = primaryEmailAddress?.emailAddress ?? null;
    const data = { email, emailVerified: isVerified ? new Date() : null, name, image };
    const user = await db.user.upsert({ where: { id }, create: { id, ...data }, update: data });
    return next({ ctx: { user } });
  });
  const usualRouter = t.router({ usual: usual.query(({ ctx }) => ctx.user.id) });
  const compared = comparedRouter(rollcall, auth);
  const createCompared = compared.createCaller;
  const contextOf = (token: string) => ({
    headers: new Headers({ host: new URL(ORIGIN).host, authorization: `Bearer ${token}` }),
  });
  return {
    synced: (token) => createCompared(contextOf(token)).synced(),
    authenticated: (token) => createCompared(contextOf(token)).authenticated(),
    usual: (token) => usualRouter.createCaller(contextOf(token)).usual(),
    [Symbol.asyncDispose]: () => db.$disconnect(),
  };
}
