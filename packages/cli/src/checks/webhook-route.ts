import type { Check, CheckResult } from "@rollcall/sync";
import { readBody } from "@rollcall/sync/read-body";
import { z } from "zod/v4";

export interface RouteContext {
  /** Where the app runs, or the webhook's own address; undefined if that is not known. */
  appUrl: URL | undefined;
}

/** Where the webhook is by convention: in the mount's one route, or in its own route. */
const CONVENTIONS = ["/api/rollcall/webhook", "/api/webhooks/clerk"];
const ANSWER_MS = 10_000;
const REFUSAL_LIMIT = 16 * 1024; // bytes; the app's own pages are longer, and are not read to their end

const refusal = z.object({ ok: z.literal(false), error: z.object({ code: z.string() }) });

const LET_IT_PASS =
  'A middleware or proxy answers before the route. Leave the route out of what it protects: if (!isPublicRoute(request)) await auth.protect(), with createRouteMatcher(["/api/rollcall(.*)", "/api/webhooks(.*)"]). On a platform that protects previews, allow the webhook through, or use the production address.';

interface Answer {
  at: string;
  status: number;
  headers: Headers;
  code: string | null;
}

export const webhookRoute: Check<RouteContext> = {
  id: "webhook-route",
  title: "The webhook's route is reached, and refuses what is not signed",
  async run({ appUrl }) {
    if (appUrl === undefined) {
      return {
        status: "skipped",
        why: "where the app runs is not known: pass --url https://your.app, or set APP_ORIGIN",
      };
    }
    const paths = appUrl.pathname === "/" ? CONVENTIONS : [appUrl.pathname];
    let answer: Answer | undefined;
    for (const path of paths) {
      const at = new URL(path, appUrl).href;
      try {
        answer = await postUnsigned(at);
      } catch {
        return finding(`${at} does not answer.`, "Is the app running, and is this its address?");
      }
      if (answer.status !== 404) break;
    }
    return answer === undefined ? { status: "skipped", why: "there is no address" } : judge(answer, paths);
  },
};

async function postUnsigned(at: string): Promise<Answer> {
  const response = await fetch(at, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
    redirect: "manual",
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  const body = await readBody(response, REFUSAL_LIMIT);
  return { at, status: response.status, headers: response.headers, code: body && codeOf(body) };
}

function codeOf(body: Uint8Array): string | null {
  try {
    return refusal.parse(JSON.parse(new TextDecoder().decode(body))).error.code;
  } catch {
    return null;
  }
}

function judge({ at, status, headers, code }: Answer, paths: string[]): CheckResult {
  if (code === "NOT_VERIFIED") return { status: "ok", message: at };
  if (code === "NOT_CONFIGURED") {
    return finding(
      `${at} has no signing secret: it refuses every delivery.`,
      "Set CLERK_WEBHOOK_SIGNING_SECRET where the app runs, and deploy it again.",
    );
  }
  // Clerk's middleware marks what it answered itself.
  const protectedByClerk = headers.has("x-clerk-auth-reason") || headers.has("x-clerk-auth-status");
  if (status === 404) {
    return protectedByClerk
      ? finding(`${at} answers 404: auth.protect() hides the route from callers who are not signed in.`, LET_IT_PASS)
      : finding(
          `No webhook at ${paths.join(" or ")}: 404.`,
          "Pass the webhook's full address, --url https://your.app/path. If the address is right, a middleware with auth.protect() may hide it: leave the route out of what it protects.",
        );
  }
  if (status === 405)
    return finding(`${at} answers 405: the route takes no POST.`, "Export POST from the route's file.");
  if (status >= 300 && status < 400) {
    return finding(`${at} answers with a redirect to ${pathOf(headers.get("location"), at)}.`, LET_IT_PASS);
  }
  return finding(`${at} answers ${status}, not as Rollcall's webhook does.`, LET_IT_PASS);
}

/** Without its query, which may contain a token. */
function pathOf(location: string | null, at: string): string {
  if (location === null || !URL.canParse(location, at)) return "another address";
  const { origin, pathname } = new URL(location, at);
  return `${origin}${pathname}`;
}

const finding = (message: string, remedy: string): CheckResult => ({
  status: "finding",
  severity: "error",
  message,
  remedy,
});
