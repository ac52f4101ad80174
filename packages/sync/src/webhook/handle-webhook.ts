import { verifyWebhook } from "@clerk/backend/webhooks";
import { z } from "zod/v4";
import type { ClerkStatus } from "../clerk/clerk-status.ts";
import { clockFault } from "../clerk/clock.ts";
import type { Database } from "../database/database.ts";
import { toSyncError } from "../database/database-error.ts";
import { within } from "../database/deadline.ts";
import { logEvent } from "../events/event-log.ts";
import { type Logger, logFailure, logFault } from "../logger.ts";
import { isClerkId } from "../snapshot/clerk-user.ts";
import { errorCatalog, SyncError, type SyncErrorCode } from "../sync-error.ts";
import { type SpanNotes, withSpan } from "../tracing.ts";
import type { Applied } from "../write-path/outcome.ts";
import type { WritePath } from "../write-path/write-path.ts";
import type { DeleteUser } from "./delete-user.ts";
import { CLOSE, readBody } from "./read-body.ts";

const WORK_MS = 9_000; // so that an answer comes within 10 s: Svix hangs up after 15
// Svix's are 31 characters long. PostgreSQL refuses an index entry of more than 2,704 bytes.
const ID_LIMIT = 256;
// Svix's tolerance: a signature older than this, or further in the future, is not valid.
const TIME_TOLERANCE_MS = 5 * 60_000;
const BODY_LIMIT = 256 * 1024; // bytes; Svix sends no more than that

export interface WebhookParts {
  db: Database;
  writePath: Pick<WritePath, "applySnapshots" | "readUser">;
  deleteUser: DeleteUser;
  /** Whether the database mirrors this instance. */
  mirrors: (instanceId: string) => Promise<boolean>;
  signingSecret: string | undefined;
  /** Called if a delivery's time is not valid: our clock may be wrong. */
  askClerk: () => Promise<ClerkStatus>;
  logger: Logger;
}

/** Clerk could not be asked: the delivery must come again. */
const CLERK_AWAY = new Set<SyncErrorCode>([
  "CLERK_UNREACHABLE",
  "CLERK_TIMEOUT",
  "CLERK_ERROR",
  "CLERK_RATE_LIMITED",
  "CLERK_UNAUTHORIZED",
]);

const envelopeSchema = z.object({
  type: z.string(),
  instance_id: z.string().regex(/^\w{1,100}$/),
  /** Seconds, or ms. */
  timestamp: z.number(),
  data: z.unknown(),
});
const idSchema = z.object({ id: z.string().refine(isClerkId) });

/** The result of a verified delivery. */
interface Handled {
  type: string;
  userId: string | null;
  outcome: Applied["outcome"] | "ignored" | "refused";
  code: SyncErrorCode | null;
}

/**
 * Handles a delivery from Clerk: verifies its raw bytes, applies it, logs it, and only then accepts it, so that
 * a process that dies at any point loses nothing: Svix delivers again. A repeated delivery is applied again.
 *
 * 200 for everything that was stored, even if the body cannot be used or belongs to another instance (a redelivery would
 * change nothing); 400 not from Clerk; 413 too large; 500 not configured; 503 the database is down or took 9 s, or Clerk could
 * not say which instance the key belongs to while the database mirrors none yet.
 */
export const handleWebhook = (request: Request, parts: WebhookParts): Promise<Response> =>
  withSpan("rollcall.webhook", {}, async (span) => {
    const response = await answer(request, parts, span);
    span.note({ "http.response.status_code": response.status });
    return response;
  });

async function answer(request: Request, parts: WebhookParts, { note, fail }: SpanNotes): Promise<Response> {
  const { signingSecret, logger } = parts;
  if (!signingSecret) {
    logger.error({ event: "webhook_not_configured" }, "CLERK_WEBHOOK_SIGNING_SECRET is not set");
    return refuse("NOT_CONFIGURED");
  }
  const body = await readBody(request, BODY_LIMIT);
  if (!body) return refuse("TOO_LARGE", { headers: CLOSE });
  const bounded = new Request(request.url, { method: "POST", headers: request.headers, body });
  const envelope = await verifyWebhook(bounded, { signingSecret }).catch(() => null);
  const deliveryId = request.headers.get("svix-id");
  if (!envelope || !deliveryId || deliveryId.length > ID_LIMIT) {
    const hint = (await whyNotInTime(request, parts)) ?? errorCatalog.NOT_VERIFIED.hint;
    logger.warn({ event: "webhook_refused", hint }, "rejected a delivery without a valid signature");
    return refuse("NOT_VERIFIED", { hint });
  }
  note({ "rollcall.delivery_id": deliveryId });
  try {
    const handled = await within(WORK_MS, () => applyAndLog(envelope, deliveryId, parts));
    const { type, userId, outcome } = handled;
    note({ "rollcall.event_type": type, "rollcall.outcome": outcome, ...(userId && { "rollcall.user_id": userId }) });
    if (handled.outcome === "failed") {
      logger.error({ event: "webhook_unusable", deliveryId, ...handled }, "a verified delivery that cannot be used");
    }
    if (handled.outcome === "refused") {
      logger.warn({ event: "webhook_of_another_instance", deliveryId, ...handled }, errorCatalog.INSTANCE_REFUSED.hint);
    }
    return Response.json({ ok: true, outcome: handled.outcome }, { headers: NO_STORE });
  } catch (thrown) {
    const error = SyncError.from(toSyncError(thrown));
    fail(error.code);
    const event = { event: "webhook_failed", deliveryId } as const;
    if (error.code === "UNEXPECTED") logFault(logger, event, error.cause, "a delivery could not be handled");
    else logFailure(logger, event, error);
    return refuse(error.code, { status: error.isDatabaseAway || CLERK_AWAY.has(error.code) ? 503 : 500 });
  }
}

/** If the delivery's time is not valid: what is wrong with our clock, or null if nothing is known to be wrong. */
async function whyNotInTime({ headers }: Request, { askClerk }: WebhookParts): Promise<string | null> {
  const sentAt = Number(headers.get("svix-timestamp") ?? Number.NaN) * 1_000;
  if (!(Math.abs(Date.now() - sentAt) > TIME_TOLERANCE_MS)) return null;
  const status = await askClerk();
  return "code" in status ? null : clockFault(status.aheadMs);
}

async function applyAndLog(
  event: unknown,
  deliveryId: string,
  { db, writePath, deleteUser, mirrors }: WebhookParts,
): Promise<Handled> {
  const logged = async (handled: Handled): Promise<Handled> => {
    await logEvent(db, { id: deliveryId, source: "webhook", ...handled });
    return handled;
  };
  const envelope = envelopeSchema.safeParse(event);
  if (!envelope.success) return logged({ type: typeOf(event), userId: null, ...unusable });
  const { type, instance_id: instanceId, timestamp, data } = envelope.data;
  const userId = idSchema.safeParse(data).data?.id ?? null;
  if (!(await mirrors(instanceId))) return logged({ type, userId, outcome: "refused", code: "INSTANCE_REFUSED" });
  switch (type) {
    case "user.created":
    case "user.updated": {
      const read = writePath.readUser(data, { instanceId, at: inMs(timestamp) });
      if (!read.success) return logged({ type, userId, ...unusable });
      const [applied] = await writePath.applySnapshots([read.snapshot], { delivery: { id: deliveryId, type } });
      return { type, userId, ...outcomeOf(applied) };
    }
    case "user.deleted": {
      if (userId === null) return logged({ type, userId, ...unusable });
      return logged({ type, userId, ...outcomeOf(await deleteUser({ userId, instanceId })) });
    }
    default:
      return logged({ type, userId: null, outcome: "ignored", code: null });
  }
}

const unusable = { outcome: "failed", code: "DATA_REJECTED" } as const;

function outcomeOf(applied: Applied | undefined): Pick<Handled, "outcome" | "code"> {
  if (!applied) return unusable;
  return { outcome: applied.outcome, code: applied.outcome === "failed" ? applied.code : null };
}

const typeOf = (event: unknown): string => z.object({ type: z.string() }).safeParse(event).data?.type ?? "unknown";

/** Clerk documents ms, and its own SDK has sent seconds. */
const inMs = (timestamp: number): Date => new Date(timestamp < 1e11 ? timestamp * 1_000 : timestamp);

const NO_STORE = { "cache-control": "private, no-store" };

/** The catalog's error, with some fields replaced. */
function refuse(
  code: SyncErrorCode,
  { status, hint, headers }: { status?: number; hint?: string; headers?: Record<string, string> } = {},
): Response {
  const known = errorCatalog[code];
  return Response.json(
    { ok: false, error: { code, message: known.message, hint: hint ?? known.hint } },
    { status: status ?? known.status, headers: { ...NO_STORE, ...headers } },
  );
}
