import type { AppRouter } from "@rollcall/api";
import { TRPCClientError } from "@trpc/client";

/** A failed call, for display. */
export interface Failure {
  /** Rollcall's code, tRPC's if Rollcall has none, or OFFLINE if no answer came. */
  code: string;
  /** What the server said, in English. */
  message: string;
  /** How long to wait before trying again, in ms, if the server said so. */
  retryAfterMs: number | null;
}

const isOurs = (error: unknown): error is TRPCClientError<AppRouter> => error instanceof TRPCClientError;

export function toFailure(error: unknown): Failure {
  if (!isOurs(error) || !error.data) return { code: "OFFLINE", message: "", retryAfterMs: null };
  const { code, errorCode, retryAfterMs } = error.data;
  return { code: errorCode ?? code, message: error.message, retryAfterMs };
}

/** The server understood the call and refuses it: a retry does not help. */
export const isRefusal = (error: unknown): boolean =>
  isOurs(error) && error.data !== null && error.data !== undefined && error.data.httpStatus < 500;
