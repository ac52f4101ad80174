import { errorCatalog, type SyncError, type SyncErrorCode } from "@rollcall/sync";
import { NO_STORE } from "./origin.ts";

// Clerk may say hours: no client should wait that long before a retry.
const LONGEST_RETRY_AFTER = 5 * 60; // seconds

/** What an endpoint answers when it fails. All endpoints share this body. */
export const refuse = (
  status: number,
  error: { code: SyncErrorCode; message: string; hint: string },
  headers: Record<string, string> = {},
): Response => Response.json({ ok: false, error }, { status, headers: { ...NO_STORE, ...headers } });

/** The error as a client may see it: the catalog's entry for its code. */
export function answerFailure(
  error: Pick<SyncError, "code"> & { retryAfterMs?: number | undefined },
  headers: Record<string, string> = {},
): Response {
  const { message, hint, status } = errorCatalog[error.code];
  return refuse(status, { code: error.code, message, hint }, { ...retryAfter(error.retryAfterMs), ...headers });
}

const retryAfter = (ms: number | undefined): Record<string, string> =>
  ms === undefined ? {} : { "retry-after": String(Math.min(LONGEST_RETRY_AFTER, Math.max(1, Math.ceil(ms / 1_000)))) };
