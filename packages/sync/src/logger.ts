import type { SyncError } from "./sync-error.ts";

/** Where the engine says what failed, and how its runs go: structured fields, then a sentence. A pino logger is one. No names, no emails. */
export interface Logger {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

export const silent: Logger = { info() {}, warn() {}, error() {} };

/** The one line that each failed sync leaves: whose, why and what to do. */
export const logFailedSync = (logger: Logger, userId: string, { code, hint, message }: SyncError): void =>
  logger.warn({ event: "sync_failed", userId, code, hint }, message);

/** The line that any other failure leaves: which event, of what, why and what to do. */
export const logFailure = (
  logger: Logger,
  event: { event: string; [field: string]: unknown },
  { code, hint, message }: SyncError,
): void => logger.error({ ...event, code, hint }, message);

/** The line that a fault of ours leaves. Of what was thrown the type is told, and not the message: it may hold anything. */
export const logFault = (
  logger: Logger,
  event: { event: string; [field: string]: unknown },
  thrown: unknown,
  message: string,
): void => logger.error({ ...event, error: thrown instanceof Error ? thrown.name : typeof thrown }, message);
