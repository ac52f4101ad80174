import { z } from "zod/v4";
import { SyncError } from "../sync-error.ts";
import { type SpanNotes, withSpan } from "../tracing.ts";

export interface ClerkCredentials {
  secretKey: string;
  /** Default: https://api.clerk.com. Anything but https is refused, except on this machine. */
  apiUrl?: string | undefined;
}

/** What Clerk answered, and when, in Clerk's time; `at` is null if the answer had no `Date`. */
export type ClerkAnswer =
  /** `at`: a moment at which the body is known to be true, certainly before Clerk read it. */
  | { found: true; body: unknown; at: Date | null }
  /** 404 `resource_not_found`. `at`: the second of Clerk's answer, from its `Date`. */
  | { found: false; at: Date | null };

/** A request's query; a list is sent as the same parameter several times. */
export type Query = Record<string, string | number | readonly string[] | undefined>;

/** Clerk's Backend API over plain HTTP: its SDK hides the answer's `Date` and needs two calls per list page. */
export interface ClerkApi {
  /**
   * @throws SyncError NOT_CONFIGURED if the key is not valid in a header, CLERK_UNAUTHORIZED, CLERK_RATE_LIMITED (with
   * `retryAfterMs`), CLERK_TIMEOUT, CLERK_UNREACHABLE, or CLERK_ERROR: a `ClerkRefusal` if Clerk refused this
   * particular request (a 4xx)
   */
  get(path: string, parameters: Query): Promise<ClerkAnswer>;
  /** The number of calls to Clerk, including refusals and failures. */
  calls(): number;
}

/** Clerk understood the request and refused it, for example because a cursor's user is gone. */
export class ClerkRefusal extends SyncError {
  readonly status: number;

  constructor(status: number, path: string) {
    super("CLERK_ERROR", `Clerk answered ${path} with ${status}`);
    this.status = status;
  }
}

const API_VERSION = "2026-05-12";
const DEFAULT_RETRY_AFTER_MS = 10_000; // the length of Clerk's rate-limit window
const LONGEST_RETRY_AFTER_MS = 24 * 60 * 60_000; // none of Clerk's quotas lasts longer; a larger value may not be a valid time

/**
 * @param options.timeoutMs how long one call may take, including its body
 * @param options.longestRetryAfterMs the upper bound of `retryAfterMs`; a day by default
 * @throws SyncError NOT_CONFIGURED if the URL is neither https nor on this machine
 */
export function createClerkApi(
  credentials: ClerkCredentials,
  { timeoutMs, longestRetryAfterMs = LONGEST_RETRY_AFTER_MS }: { timeoutMs: number; longestRetryAfterMs?: number },
): ClerkApi {
  const base = baseUrl(credentials.apiUrl);
  let calls = 0;

  async function get(path: string, parameters: Query, { note }: SpanNotes): Promise<ClerkAnswer> {
    const url = new URL(`/v1${path}`, base);
    for (const [name, value] of Object.entries(parameters)) {
      for (const one of [value ?? []].flat()) url.searchParams.append(name, String(one));
    }
    const authorization = bearer(credentials.secretKey);
    calls++;
    const sentAt = performance.now(); // monotonic: our clocks are never compared with Clerk's
    try {
      const response = await fetch(url, {
        headers: { authorization, "clerk-api-version": API_VERSION },
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMs),
      });
      note({ "http.response.status_code": response.status });
      if (!response.ok) {
        // A proxy or a wrong URL also answers 403 and 404: that says nothing about a user or the key.
        const codes = errorCodes(await response.text());
        if (response.status === 404 && codes.includes("resource_not_found")) {
          return { found: false, at: dateOf(response) };
        }
        throw refusal(response, path, { clerks: codes.length > 0, longestRetryAfterMs });
      }
      const body: unknown = await response.json();
      return { found: true, body, at: trueSince(dateOf(response), performance.now() - sentAt) };
    } catch (error) {
      throw unreachable(error, path, timeoutMs);
    }
  }

  return {
    calls: () => calls,
    get(path, parameters) {
      // The query is not in the span: it may hold addresses.
      const userId = /^\/users\/(user_\w+)$/.exec(path)?.[1];
      const template = userId === undefined ? `/v1${path}` : "/v1/users/{id}";
      const attributes = { "url.template": template, ...(userId !== undefined && { "rollcall.user_id": userId }) };
      return withSpan(`clerk GET ${template}`, attributes, (span) => get(path, parameters, span));
    },
  };
}

function dateOf({ headers }: Response): Date | null {
  const answered = Date.parse(headers.get("date") ?? "");
  return Number.isNaN(answered) ? null : new Date(answered);
}

/** Clerk answered after the request was sent: its `Date` minus the time since then is certainly before Clerk read the data. */
const trueSince = (answered: Date | null, elapsedMs: number): Date | null =>
  answered && new Date(answered.getTime() - Math.ceil(elapsedMs));

const errorBody = z.object({ errors: z.array(z.object({ code: z.string() })) });

/** The codes in Clerk's error body; none if the body is not Clerk's. */
function errorCodes(text: string): string[] {
  try {
    return errorBody.parse(JSON.parse(text)).errors.map(({ code }) => code);
  } catch {
    return [];
  }
}

function refusal(
  { status, headers }: Response,
  path: string,
  { clerks, longestRetryAfterMs }: { clerks: boolean; longestRetryAfterMs: number },
): SyncError {
  if (status === 401 || (status === 403 && clerks)) {
    return new SyncError("CLERK_UNAUTHORIZED", `Clerk answered ${path} with ${status}: it does not accept the key`);
  }
  if (status === 429) {
    const retryAfterMs = Math.min(retryAfter(headers.get("retry-after")), longestRetryAfterMs);
    return new SyncError("CLERK_RATE_LIMITED", `Clerk answered ${path} with 429`, { retryAfterMs });
  }
  if (status < 500 && status !== 403) return new ClerkRefusal(status, path);
  return new SyncError("CLERK_ERROR", `Clerk answered ${path} with ${status}`);
}

/** In ms; Clerk gives whole seconds. */
function retryAfter(seconds: string | null): number {
  return seconds !== null && /^\d+$/.test(seconds) ? Number(seconds) * 1_000 : DEFAULT_RETRY_AFTER_MS;
}

function unreachable(error: unknown, path: string, timeoutMs: number): SyncError {
  if (error instanceof SyncError) return error;
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return new SyncError("CLERK_TIMEOUT", `Clerk did not answer ${path} within ${timeoutMs} ms`, { cause: error });
  }
  if (error instanceof SyntaxError) {
    return new SyncError("CLERK_ERROR", `Clerk's answer to ${path} is not JSON`, { cause: error });
  }
  return new SyncError("CLERK_UNREACHABLE", `Clerk did not answer ${path}`, { cause: error });
}

/** `fetch` would repeat a key that is not valid in a header in its error message. */
function bearer(secretKey: string): string {
  if (!/^[\x21-\x7e]*$/.test(secretKey.trim())) {
    throw new SyncError("NOT_CONFIGURED", "CLERK_SECRET_KEY contains a character that is not allowed in a key");
  }
  return `Bearer ${secretKey.trim()}`;
}

/** Whether the URL of Clerk's API points to this machine. */
export const isOnThisMachine = (apiUrl: string | undefined): boolean =>
  apiUrl !== undefined &&
  URL.canParse(apiUrl) &&
  /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(apiUrl).hostname);

function baseUrl(apiUrl = "https://api.clerk.com"): URL {
  const url = URL.canParse(apiUrl) ? new URL(apiUrl) : undefined;
  if (!url || (url.protocol !== "https:" && !(url.protocol === "http:" && isOnThisMachine(apiUrl)))) {
    throw new SyncError("NOT_CONFIGURED", "CLERK_API_URL must be an https URL (http is allowed only on this machine)");
  }
  return url;
}
