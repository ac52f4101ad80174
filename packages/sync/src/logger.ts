import type { FailureEntry, FaultEntry, LogEntry } from "./log-events.ts";
import type { SyncError } from "./sync-error.ts";

/** Receives failures and the progress of runs: structured fields, then a sentence. A pino logger fits. No names, no emails. */
export interface Logger {
  info(fields: LogEntry, message: string): void;
  warn(fields: LogEntry, message: string): void;
  error(fields: LogEntry, message: string): void;
}

export const silent: Logger = { info() {}, warn() {}, error() {} };

/** The one line that each failed sync logs: the user, the reason and what to do. */
export const logFailedSync = (logger: Logger, userId: string, { code, hint, message }: SyncError): void =>
  logger.warn({ event: "sync_failed", userId, code, hint }, message);

/** The line that any other failure logs: the event, its subject, the reason and what to do. */
export const logFailure = (logger: Logger, event: FailureEntry, { code, hint, message }: SyncError): void =>
  logger.error({ ...event, code, hint }, message);

/** The line that an unexpected error logs. It names the error's type but not its message, which may contain anything. */
export const logFault = (logger: Logger, event: FaultEntry, thrown: unknown, message: string): void =>
  logger.error({ ...event, error: thrown instanceof Error ? thrown.name : typeof thrown }, message);
