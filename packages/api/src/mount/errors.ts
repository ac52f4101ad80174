import type { SyncError, SyncErrorCode } from "@rollcall/sync";
import { TRPCError } from "@trpc/server";

/** tRPC's code for each of Rollcall's; and with it the HTTP status, here and at the endpoint. */
export const trpcCodes = {
  UNAUTHENTICATED: "UNAUTHORIZED",
  USER_DELETED: "FORBIDDEN",
  INSTANCE_REFUSED: "FORBIDDEN",
  USER_NOT_FOUND: "NOT_FOUND",
  THROTTLED: "TOO_MANY_REQUESTS",
  CLERK_UNREACHABLE: "BAD_GATEWAY",
  CLERK_UNAUTHORIZED: "BAD_GATEWAY",
  CLERK_ERROR: "BAD_GATEWAY",
  CLERK_RATE_LIMITED: "BAD_GATEWAY",
  CLERK_TIMEOUT: "GATEWAY_TIMEOUT",
  DATABASE_UNREACHABLE: "SERVICE_UNAVAILABLE",
  DATABASE_UNAVAILABLE: "SERVICE_UNAVAILABLE",
  NOT_CONFIGURED: "INTERNAL_SERVER_ERROR",
  SCHEMA_MISMATCH: "INTERNAL_SERVER_ERROR",
  DATA_REJECTED: "INTERNAL_SERVER_ERROR",
} as const satisfies Record<SyncErrorCode, TRPCError["code"]>;

/**
 * The error as it may cross to a client: the code is the message's first word, under any formatter of a host's, and the
 * rest a hint from the closed table. What really happened is the `cause`, which stays on the server.
 */
export const toTRPCError = (error: SyncError, code: TRPCError["code"] = trpcCodes[error.code]): TRPCError =>
  new TRPCError({ code, message: `${error.code}: ${error.explanation.message} ${error.hint}`, cause: error });
