import { SyncError, type SyncErrorCode } from "@rollcall/sync";
import { withoutSecrets } from "./without-secrets.ts";

/** What a command's exit code tells the program that called it. */
export const exitCodes = {
  done: 0,
  someUsersFailed: 1,
  configuration: 2,
  refusedInstance: 3,
  awaitsConfirmation: 4,
  failed: 5,
  databaseUnreachable: 6,
  /** By someone else. */
  cancelled: 7,
  interrupted: 130,
} as const;

const ofSyncError: Partial<Record<SyncErrorCode, number>> = {
  CLERK_UNAUTHORIZED: exitCodes.configuration,
  NOT_CONFIGURED: exitCodes.configuration,
  SCHEMA_MISMATCH: exitCodes.configuration,
  DATABASE_UNREACHABLE: exitCodes.databaseUnreachable,
  DATABASE_UNAVAILABLE: exitCodes.databaseUnreachable,
  INSTANCE_REFUSED: exitCodes.refusedInstance,
};

/** The exit code for what a command threw. */
export function exitCodeOf(error: unknown): number {
  if (isUnconfigured(error)) return exitCodes.configuration;
  return error instanceof SyncError ? exitCodeOfCode(error.code) : exitCodes.failed;
}

export const exitCodeOfCode = (code: SyncErrorCode): number => ofSyncError[code] ?? exitCodes.failed;

// Their messages name the setting or the column. The hint would only point here.
const SAYS_WHAT_TO_DO = new Set<SyncErrorCode>(["NOT_CONFIGURED", "SCHEMA_MISMATCH"]);

/** What went wrong and what to do about it. Never the text of a cause, which may contain a connection string. */
export function explain(error: unknown): string {
  if (error instanceof SyncError) {
    return SAYS_WHAT_TO_DO.has(error.code) ? error.message : `${error.code}: ${error.message}. ${error.hint}`;
  }
  if (isUnconfigured(error)) return error.message;
  return withoutSecrets(`Unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
}

/** A setting is missing or wrong. The message says which one and what to do, but no value. */
export const isUnconfigured = (error: unknown): error is Error & { code: "NOT_CONFIGURED" } =>
  error instanceof Error && "code" in error && error.code === "NOT_CONFIGURED";
