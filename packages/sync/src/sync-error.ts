/**
 * Every error that an endpoint, a procedure or a command reports: what happened, what to do about it, the HTTP status
 * and tRPC's code. The table is closed: a client sees its text for the code, never an exception's message, so that
 * no secret can leak into an answer.
 */
export const errorCatalog = {
  UNAUTHENTICATED: {
    message: "You are not signed in.",
    hint: "Sign in, or send a Clerk session token: Authorization: Bearer <token>.",
    status: 401,
    trpcCode: "UNAUTHORIZED",
  },
  USER_DELETED: {
    message: "This user was deleted.",
    hint: "Sign up again to get a new account.",
    status: 403,
    trpcCode: "FORBIDDEN",
  },
  USER_BANNED: {
    message: "This user is banned.",
    hint: "An admin can lift the ban in Clerk's dashboard.",
    status: 403,
    trpcCode: "FORBIDDEN",
  },
  INSTANCE_REFUSED: {
    message: "This database mirrors another Clerk instance.",
    hint: "Set the CLERK_SECRET_KEY of the instance that it mirrors; to make it mirror this one, run `npx rollcall adopt`.",
    status: 403,
    trpcCode: "FORBIDDEN",
  },
  USER_NOT_FOUND: {
    message: "Clerk knows no such user.",
    hint: "If the user has just signed up, try again in a minute.",
    status: 404,
    trpcCode: "NOT_FOUND",
  },
  THROTTLED: {
    message: "A sync was requested a moment ago.",
    hint: "Wait a few seconds, then try again.",
    status: 429,
    trpcCode: "TOO_MANY_REQUESTS",
  },
  CLERK_UNREACHABLE: {
    message: "Clerk cannot be reached.",
    hint: "Check the network, CLERK_API_URL and status.clerk.com, then try again.",
    status: 502,
    trpcCode: "BAD_GATEWAY",
  },
  CLERK_UNAUTHORIZED: {
    message: "Clerk refused the key.",
    hint: "Check CLERK_SECRET_KEY: Clerk's dashboard, Configure, API keys.",
    status: 502,
    trpcCode: "BAD_GATEWAY",
  },
  CLERK_ERROR: {
    message: "Clerk answered with an error.",
    hint: "Look at status.clerk.com, then try again.",
    status: 502,
    trpcCode: "BAD_GATEWAY",
  },
  CLERK_RATE_LIMITED: {
    message: "Clerk's quota is used up.",
    hint: "Clerk allows 1,000 requests per 10 s in production, 100 in development. Wait, then try again.",
    status: 502,
    trpcCode: "BAD_GATEWAY",
  },
  CLERK_TIMEOUT: {
    message: "Clerk took too long to answer.",
    hint: "Try again.",
    status: 504,
    trpcCode: "GATEWAY_TIMEOUT",
  },
  DATABASE_UNREACHABLE: {
    message: "The database cannot be reached.",
    hint: "Check POSTGRES_URL and that the database is up, then try again.",
    status: 503,
    trpcCode: "SERVICE_UNAVAILABLE",
  },
  DATABASE_UNAVAILABLE: {
    message: "The database cannot do this now.",
    hint: "It is busy, read-only, full or out of connections: the server's log says which.",
    status: 503,
    trpcCode: "SERVICE_UNAVAILABLE",
  },
  NOT_CONFIGURED: {
    message: "A setting is missing.",
    hint: "The server's log names it.",
    status: 500,
    trpcCode: "INTERNAL_SERVER_ERROR",
  },
  SCHEMA_MISMATCH: {
    message: "The database's tables are not as expected.",
    hint: "Run `npx rollcall migrate`; the server's log names the table or the column.",
    status: 500,
    trpcCode: "INTERNAL_SERVER_ERROR",
  },
  DATA_REJECTED: {
    message: "The database refused this user's data.",
    hint: "The server's log names the SQLSTATE.",
    status: 500,
    trpcCode: "INTERNAL_SERVER_ERROR",
  },
  UNLINKED: {
    message: "A row without Clerk's id holds this user's verified address.",
    hint: "It is most likely theirs: `npx rollcall adopt --report` lists such rows, `npx rollcall adopt --link` links them.",
    status: 409,
    trpcCode: "CONFLICT",
  },
  FORBIDDEN: {
    message: "Requests from this origin are not accepted.",
    hint: "Add the origin to APP_ORIGIN.",
    status: 403,
    trpcCode: "FORBIDDEN",
  },
  NOT_FOUND: {
    message: "There is no such endpoint.",
    hint: "The last part of the path is the endpoint's name, as in /api/rollcall/health.",
    status: 404,
    trpcCode: "NOT_FOUND",
  },
  METHOD_NOT_ALLOWED: {
    message: "This endpoint does not take this method.",
    hint: "The Allow header names the methods that it takes.",
    status: 405,
    trpcCode: "METHOD_NOT_SUPPORTED",
  },
  NOT_VERIFIED: {
    message: "This is not a valid delivery from Clerk.",
    hint: "The signature, its time or the body is not valid. Check CLERK_WEBHOOK_SIGNING_SECRET and the server's clock.",
    status: 400,
    trpcCode: "BAD_REQUEST",
  },
  TOO_LARGE: {
    message: "The request's body is too large.",
    hint: "A webhook delivery holds at most 256 KiB, a call 1 MiB.",
    status: 413,
    trpcCode: "PAYLOAD_TOO_LARGE",
  },
  UNSUPPORTED_MEDIA_TYPE: {
    message: "Only JSON is accepted.",
    hint: "Send Content-Type: application/json.",
    status: 415,
    trpcCode: "UNSUPPORTED_MEDIA_TYPE",
  },
  UNEXPECTED: {
    message: "Something went wrong on the server.",
    hint: "Try again; the server's log has the error.",
    status: 500,
    trpcCode: "INTERNAL_SERVER_ERROR",
  },
} as const;

export type SyncErrorCode = keyof typeof errorCatalog;

export const isSyncErrorCode = (code: unknown): code is SyncErrorCode =>
  typeof code === "string" && Object.hasOwn(errorCatalog, code);

/** A sync that failed: `code` is for programs, `explanation` for people, `message` and `cause` only for the log. */
export class SyncError extends Error {
  override readonly name = "SyncError";
  readonly code: SyncErrorCode;
  /** How long to wait before a retry, in ms, if Clerk or a throttle said so. */
  readonly retryAfterMs: number | undefined;

  constructor(code: SyncErrorCode, message: string, options: { cause?: unknown; retryAfterMs?: number } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }

  /** Any thrown value as a SyncError: other values become UNEXPECTED, with the value as `cause`. */
  static from(thrown: unknown): SyncError {
    if (thrown instanceof SyncError) return thrown;
    return new SyncError("UNEXPECTED", "An unexpected error", { cause: thrown });
  }

  /** A bundler may load this module twice in one process (Next: pages, routes): both copies accept each other's errors. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: `this` may be a subclass, of which only its own instances are one.
    if (this !== SyncError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return value instanceof Error && "code" in value && value.name === "SyncError" && isSyncErrorCode(value.code);
  }

  /** A database problem that may be temporary: the same call may work later. */
  get isDatabaseAway(): boolean {
    return this.code === "DATABASE_UNREACHABLE" || this.code === "DATABASE_UNAVAILABLE";
  }

  get explanation(): { message: string; hint: string } {
    const { message, hint } = errorCatalog[this.code];
    return { message, hint };
  }

  get hint(): string {
    return this.explanation.hint;
  }
}
