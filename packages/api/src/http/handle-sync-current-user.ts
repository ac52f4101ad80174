import { getCaller, rollcall } from "@rollcall/auth";
import { SyncError } from "@rollcall/sync";
import { answerFailure, refuse } from "./answer-failure.ts";
import { isAllowedOrigin, NO_STORE } from "./origin.ts";

/**
 * Syncs the caller fresh from Clerk and says how it went: `{ok: true, outcome, conflict, source, user, syncedAt}`, or
 * `{ok: false, error: {code, message, hint}}` with the status that belongs to the code. GET and POST do the same: nothing
 * changes but the caller's own mirror.
 */
export async function handleSyncCurrentUser(request: Request): Promise<Response> {
  if (!isAllowedOrigin(request)) {
    const message = "Requests from this origin are not accepted.";
    return refuse(403, { code: "FORBIDDEN", message, hint: "Set APP_ORIGIN." });
  }
  try {
    const caller = await getCaller(request.headers);
    if (!caller) throw new SyncError("UNAUTHENTICATED", "Nobody is signed in");
    return Response.json({ ok: true, ...(await rollcall.syncMe(caller)) }, { headers: NO_STORE });
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    return answerFailure(error);
  }
}
