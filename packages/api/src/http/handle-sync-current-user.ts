import { clockHint, getCaller, rollcall } from "@rollcall/auth";
import { errorCatalog } from "@rollcall/sync";
import { answerFailure, refuse } from "./answer-failure.ts";
import { isAllowedOrigin, NO_STORE } from "./origin.ts";

/**
 * Syncs the caller fresh from Clerk and says how it went: `{ok: true, outcome, conflict, source, user, syncedAt}`, or
 * `{ok: false, error: {code, message, hint}}` with the status that belongs to the code. GET and POST do the same: nothing
 * changes but the caller's own mirror.
 *
 * @throws SyncError what `getCaller` and `syncMe` throw
 */
export async function handleSyncCurrentUser(request: Request): Promise<Response> {
  if (!isAllowedOrigin(request)) return answerFailure({ code: "FORBIDDEN" });
  const caller = await getCaller(request.headers);
  if (caller) return Response.json({ ok: true, ...(await rollcall.syncMe(caller)) }, { headers: NO_STORE });
  const { message, hint, status } = errorCatalog.UNAUTHENTICATED;
  return refuse(status, { code: "UNAUTHENTICATED", message, hint: clockHint() ?? hint });
}
