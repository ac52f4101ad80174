import type { AppRouter } from "@rollcall/api";
import { TRPCClientError } from "@trpc/client";

/** What a person reads of a call that failed. */
export interface Failure {
  /** Rollcall's code, tRPC's where Rollcall has none, or OFFLINE where no answer came. */
  code: string;
  message: string;
  /** How long to wait before trying again, in ms, where the server said so. */
  retryAfterMs: number | null;
}

const isOurs = (error: unknown): error is TRPCClientError<AppRouter> => error instanceof TRPCClientError;

export function toFailure(error: unknown): Failure {
  if (!isOurs(error) || !error.data) {
    const message = "The server did not answer. Check your connection, then try again.";
    return { code: "OFFLINE", message, retryAfterMs: null };
  }
  const { code, errorCode, retryAfterMs } = error.data;
  // A sync's error begins with its code, for clients that see nothing but the message.
  const message = errorCode ? error.message.replace(`${errorCode}: `, "") : error.message;
  return { code: errorCode ?? code, message, retryAfterMs };
}

/** The server understood the call and will not do it: asking again is of no use. */
export const isRefusal = (error: unknown): boolean =>
  isOurs(error) && error.data !== null && error.data !== undefined && error.data.httpStatus < 500;
