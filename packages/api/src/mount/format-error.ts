import { SyncError, type SyncErrorCode } from "@rollcall/sync";

/** What a client can act on, beside tRPC's own code. */
export interface ErrorData {
  errorCode: SyncErrorCode | null;
  /** How long until the call can succeed, in ms, if that is known. */
  retryAfterMs: number | null;
}

/**
 * For `initTRPC.create({ errorFormatter: formatError })`: adds Rollcall's code to the answer. The message of an internal error is
 * replaced: it may name a host or a table, so only the log gets it.
 */
export function formatError<Shape extends { message: string; data: object }>({
  shape,
  error,
}: {
  shape: Shape;
  error: { code: string; cause?: unknown };
}): Shape & { data: Shape["data"] & ErrorData } {
  const { cause } = error;
  if (cause instanceof SyncError) {
    return { ...shape, data: { ...shape.data, errorCode: cause.code, retryAfterMs: cause.retryAfterMs ?? null } };
  }
  const message = error.code === "INTERNAL_SERVER_ERROR" ? "Something went wrong on the server" : shape.message;
  return { ...shape, message, data: { ...shape.data, errorCode: null, retryAfterMs: null } };
}
