import { explanations, type SyncError } from "@rollcall/sync";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { toTRPCError } from "../mount/errors.ts";
import { NO_STORE } from "./origin.ts";

/** What an endpoint that is no procedure answers where it could not do its work. */
export const refuse = (
  status: number,
  error: { code: string; message: string; hint: string },
  headers: Record<string, string> = {},
): Response => Response.json({ ok: false, error }, { status, headers: { ...NO_STORE, ...headers } });

/** The failure as a client may see it: what the closed table says of its code, with the status that belongs to it. */
export const answerFailure = (error: SyncError): Response =>
  refuse(
    getHTTPStatusCodeFromError(toTRPCError(error)),
    { code: error.code, ...explanations[error.code] },
    retryAfter(error),
  );

const retryAfter = ({ retryAfterMs }: SyncError): Record<string, string> =>
  retryAfterMs === undefined ? {} : { "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1_000))) };
