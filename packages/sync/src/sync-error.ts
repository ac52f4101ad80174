/**
 * Every way in which a sync can fail, and what a person does about it. The table is closed: a hint is looked up by its
 * code and never made from an exception's message, so that nothing secret can slip into an answer.
 */
export const hints = {
  UNAUTHENTICATED: "Sign in, or send a session token of Clerk's: Authorization: Bearer <token>.",
  USER_DELETED: "This user was deleted at Clerk. Sign up again to get a new account.",
  INSTANCE_REFUSED: "CLERK_SECRET_KEY belongs to another Clerk instance than this database.",
  USER_NOT_FOUND: "Clerk knows no user of this id. If the user has just signed up, try again in a minute.",
  THROTTLED: "Wait a few seconds, then try again.",
  CLERK_UNREACHABLE:
    "Clerk's API did not answer. Check the network, CLERK_API_URL and status.clerk.com, then try again.",
  CLERK_UNAUTHORIZED: "Clerk refused the key. Check CLERK_SECRET_KEY: Clerk's dashboard, Configure, API keys.",
  CLERK_ERROR: "Clerk's API answered with an error. Look at status.clerk.com, then try again.",
  CLERK_RATE_LIMITED:
    "Clerk's quota is used up: 1,000 requests per 10 s in production, 100 in development. Wait, then try again.",
  CLERK_TIMEOUT: "Clerk's API took too long to answer. Try again.",
  DATABASE_UNREACHABLE: "The database did not answer. Check POSTGRES_URL and that the database is up, then try again.",
  NOT_CONFIGURED: "A setting is missing. The server's log names it.",
  SCHEMA_MISMATCH: "The database's tables are not as expected. Run pnpm db:migrate; the server's log names the column.",
  DATA_REJECTED: "The database refused this user's data. The server's log names the SQLSTATE.",
} as const;

export type SyncErrorCode = keyof typeof hints;

export const isSyncErrorCode = (code: unknown): code is SyncErrorCode =>
  typeof code === "string" && Object.hasOwn(hints, code);

/** A sync that failed: `code` is for programs, `hint` for the person who can mend it, `message` and `cause` for the log. */
export class SyncError extends Error {
  override readonly name = "SyncError";
  readonly code: SyncErrorCode;
  /** How long to wait before trying again, in ms, where Clerk or a throttle said so. */
  readonly retryAfterMs: number | undefined;

  constructor(code: SyncErrorCode, message: string, options: { cause?: unknown; retryAfterMs?: number } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }

  get hint(): string {
    return hints[this.code];
  }
}
