import { getCaller, rollcall } from "@rollcall/auth";
import { explanations, SyncError } from "@rollcall/sync";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { toTRPCError } from "../mount/errors.ts";
import { isAllowedOrigin, NO_STORE } from "./origin.ts";

/**
 * Syncs the caller fresh from Clerk and says how it went: `{ok: true, outcome, conflict, source, user, syncedAt}`, or
 * `{ok: false, error: {code, message, hint}}` with the status that belongs to the code. GET and POST do the same: nothing
 * changes but the caller's own mirror.
 */
export async function handleSyncCurrentUser(request: Request): Promise<Response> {
  if (!isAllowedOrigin(request)) {
    const error = {
      code: "FORBIDDEN",
      message: "Requests from this origin are not accepted.",
      hint: "Set APP_ORIGIN.",
    };
    return Response.json({ ok: false, error }, { status: 403, headers: NO_STORE });
  }
  try {
    const caller = await getCaller(request.headers);
    if (!caller) throw new SyncError("UNAUTHENTICATED", "Nobody is signed in");
    return Response.json({ ok: true, ...(await rollcall.syncMe(caller)) }, { headers: NO_STORE });
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    return Response.json(
      { ok: false, error: { code: error.code, ...explanations[error.code] } },
      { status: getHTTPStatusCodeFromError(toTRPCError(error)), headers: { ...NO_STORE, ...retryAfter(error) } },
    );
  }
}

const retryAfter = ({ retryAfterMs }: SyncError): Record<string, string> =>
  retryAfterMs === undefined ? {} : { "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1_000))) };
