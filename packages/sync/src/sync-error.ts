/**
 * Every way in which a sync can fail, and what a person does about it. The table is closed: what a client reads is looked
 * up by the code and never made from an exception's message, so that nothing secret can slip into an answer.
 */
export const explanations = {
  UNAUTHENTICATED: {
    message: "Nobody is signed in.",
    hint: "Sign in, or send a session token of Clerk's: Authorization: Bearer <token>.",
  },
  USER_DELETED: {
    message: "This user was deleted.",
    hint: "Sign up again to get a new account.",
  },
  INSTANCE_REFUSED: {
    message: "This database mirrors another Clerk instance.",
    hint: "Set the CLERK_SECRET_KEY of the instance that it mirrors; to make it mirror this one, run pnpm sync:adopt.",
  },
  USER_NOT_FOUND: {
    message: "Clerk knows no such user.",
    hint: "If the user has just signed up, try again in a minute.",
  },
  THROTTLED: {
    message: "A sync was asked for a moment ago.",
    hint: "Wait a few seconds, then try again.",
  },
  CLERK_UNREACHABLE: {
    message: "Clerk cannot be reached.",
    hint: "Check the network, CLERK_API_URL and status.clerk.com, then try again.",
  },
  CLERK_UNAUTHORIZED: {
    message: "Clerk refused the key.",
    hint: "Check CLERK_SECRET_KEY: Clerk's dashboard, Configure, API keys.",
  },
  CLERK_ERROR: {
    message: "Clerk answered with an error.",
    hint: "Look at status.clerk.com, then try again.",
  },
  CLERK_RATE_LIMITED: {
    message: "Clerk's quota is used up.",
    hint: "Clerk allows 1,000 requests per 10 s in production, 100 in development. Wait, then try again.",
  },
  CLERK_TIMEOUT: {
    message: "Clerk took too long to answer.",
    hint: "Try again.",
  },
  DATABASE_UNREACHABLE: {
    message: "The database cannot be reached.",
    hint: "Check POSTGRES_URL and that the database is up, then try again.",
  },
  NOT_CONFIGURED: {
    message: "A setting is missing.",
    hint: "The server's log names it.",
  },
  SCHEMA_MISMATCH: {
    message: "The database's tables are not as expected.",
    hint: "Run pnpm db:migrate; the server's log names the column.",
  },
  DATA_REJECTED: {
    message: "The database refused this user's data.",
    hint: "The server's log names the SQLSTATE.",
  },
} as const;

export type SyncErrorCode = keyof typeof explanations;

export const isSyncErrorCode = (code: unknown): code is SyncErrorCode =>
  typeof code === "string" && Object.hasOwn(explanations, code);

/** A sync that failed: `code` is for programs, `explanation` for people, `message` and `cause` for the log alone. */
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

  /** A bundler may load this module twice in one process (Next: pages, routes): an error of either is a SyncError to both. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: `this` may be a subclass, of which only its own instances are one.
    if (this !== SyncError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return value instanceof Error && "code" in value && value.name === "SyncError" && isSyncErrorCode(value.code);
  }

  get explanation(): { message: string; hint: string } {
    return explanations[this.code];
  }

  get hint(): string {
    return this.explanation.hint;
  }
}
