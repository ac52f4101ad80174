export type PostgresErrorCode =
  /** npm has no PostgreSQL for this platform, or it was not installed. */
  | "NO_BINARIES"
  /** A server of another running process has this data directory. */
  | "DATA_IN_USE"
  /** The data directory was created by another user of this machine. */
  | "DATA_OF_ANOTHER_USER"
  /** `initdb` failed, or the directory contains something that is not a database. */
  | "INIT_FAILED"
  /** The server ended before it was ready; the message contains its output. */
  | "START_FAILED";

/** Why the embedded PostgreSQL could not be started. The message says what to do. */
export class PostgresError extends Error {
  override readonly name = "PostgresError";
  readonly code: PostgresErrorCode;

  constructor(code: PostgresErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
