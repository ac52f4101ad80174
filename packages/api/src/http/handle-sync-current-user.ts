import { type Caller, errorCatalog, type Rollcall } from "@rollcall/sync";
import { answerFailure, refuse } from "./answer-failure.ts";
import type { Handler } from "./endpoint.ts";
import { NO_STORE } from "./origin.ts";

export interface SyncCurrentUserParts {
  rollcall: Pick<Rollcall, "syncMe">;
  getCaller: (headers: Headers) => Promise<Caller | null>;
  clockHint: () => string | undefined;
  isAllowedOrigin: (request: Request) => boolean;
}

/**
 * Syncs the caller with Clerk's current data and answers `{ok: true, outcome, conflict, source, user, syncedAt}`, or `{ok: false,
 * error: {code, message, hint}}` with the code's status. GET and POST do the same: only the caller's own rows change.
 *
 * @throws SyncError as `getCaller` and `syncMe` do
 */
export const syncCurrentUserHandler =
  ({ rollcall, getCaller, clockHint, isAllowedOrigin }: SyncCurrentUserParts): Handler =>
  async (request) => {
    if (!isAllowedOrigin(request)) return answerFailure({ code: "FORBIDDEN" });
    const caller = await getCaller(request.headers);
    if (caller) return Response.json({ ok: true, ...(await rollcall.syncMe(caller)) }, { headers: NO_STORE });
    const { message, hint, status } = errorCatalog.UNAUTHENTICATED;
    return refuse(status, { code: "UNAUTHENTICATED", message, hint: clockHint() ?? hint });
  };
