import { verifyWebhook } from "@clerk/backend/webhooks";
import { z } from "zod";
import type { Database } from "../database.ts";
import { toSyncError } from "../database-error.ts";
import { type Logger, logFailure, logFault } from "../logger.ts";
import { clerkUserSchema, isClerkId } from "../snapshot/clerk-user.ts";
import { toSnapshot } from "../snapshot/snapshot.ts";
import { errorCatalog, SyncError, type SyncErrorCode } from "../sync-error.ts";
import type { Applied } from "../write-path/outcome.ts";
import type { WritePath } from "../write-path/write-path.ts";
import { logEvent } from "./event-log.ts";
import { readBody } from "./read-body.ts";

const BODY_LIMIT = 256 * 1024; // bytes; Svix sends no more than that

export interface WebhookParts {
  db: Database;
  writePath: Pick<WritePath, "applySnapshots" | "applyDeletions">;
  /** Is this instance the one that the database mirrors? */
  mirrors: (instanceId: string) => Promise<boolean>;
  signingSecret: string | undefined;
  logger: Logger;
}

const envelopeSchema = z.object({
  type: z.string(),
  instance_id: z.string().regex(/^\w{1,100}$/),
  /** Seconds, or ms. */
  timestamp: z.number(),
  data: z.unknown(),
});
const idSchema = z.object({ id: z.string().refine(isClerkId) });

/** What became of a delivery that was verified. */
interface Handled {
  type: string;
  userId: string | null;
  outcome: Applied["outcome"] | "ignored" | "refused";
  code: SyncErrorCode | null;
}

/**
 * Answers a delivery of Clerk's: verified on its raw bytes, then applied, then logged, and only then accepted, so that
 * a process that dies at any point loses nothing: Svix delivers again. A repeated delivery is applied again.
 *
 * 200 for all that was stored, also where the body cannot be used or is of another instance (delivering it again would
 * change nothing); 400 not Clerk's, 413 too large, 500 not configured, 503 the database is down.
 */
export async function handleWebhook(request: Request, parts: WebhookParts): Promise<Response> {
  const { db, signingSecret, logger } = parts;
  if (!signingSecret) {
    logger.error({ event: "webhook_not_configured" }, "CLERK_WEBHOOK_SIGNING_SECRET is not set");
    return refuse("NOT_CONFIGURED");
  }
  const body = await readBody(request, BODY_LIMIT);
  if (!body) return refuse("TOO_LARGE");
  const bounded = new Request(request.url, { method: "POST", headers: request.headers, body });
  const envelope = await verifyWebhook(bounded, { signingSecret }).catch(() => null);
  const deliveryId = request.headers.get("svix-id");
  if (!envelope || !deliveryId) {
    logger.warn({ event: "webhook_refused" }, "a delivery without a valid signature");
    return refuse("NOT_VERIFIED");
  }
  try {
    const handled = await apply(envelope, parts);
    await logEvent(db, { id: deliveryId, source: "webhook", ...handled });
    if (handled.outcome === "failed") {
      logger.error({ event: "webhook_unusable", deliveryId, ...handled }, "a verified delivery that cannot be used");
    }
    if (handled.outcome === "refused") {
      logger.warn({ event: "webhook_of_another_instance", deliveryId, ...handled }, errorCatalog.INSTANCE_REFUSED.hint);
    }
    return Response.json({ ok: true, outcome: handled.outcome }, { headers: NO_STORE });
  } catch (thrown) {
    const error = SyncError.from(toSyncError(thrown));
    const event = { event: "webhook_failed", deliveryId };
    if (error.code === "UNEXPECTED") logFault(logger, event, error.cause, "a delivery could not be handled");
    else logFailure(logger, event, error);
    return refuse(error.code, error.code === "DATABASE_UNREACHABLE" ? 503 : 500);
  }
}

async function apply(event: unknown, { writePath, mirrors }: WebhookParts): Promise<Handled> {
  const envelope = envelopeSchema.safeParse(event);
  if (!envelope.success) return { type: typeOf(event), userId: null, ...unusable };
  const { type, instance_id: instanceId, timestamp, data } = envelope.data;
  const userId = idSchema.safeParse(data).data?.id ?? null;
  if (!(await mirrors(instanceId))) return { type, userId, outcome: "refused", code: "INSTANCE_REFUSED" };
  switch (type) {
    case "user.created":
    case "user.updated": {
      const user = clerkUserSchema.safeParse(data);
      if (!user.success) return { type, userId, ...unusable };
      const [applied] = await writePath.applySnapshots([toSnapshot(user.data, { instanceId, at: inMs(timestamp) })]);
      return { type, userId, ...outcomeOf(applied) };
    }
    case "user.deleted": {
      if (userId === null) return { type, userId, ...unusable };
      const [applied] = await writePath.applyDeletions([userId], { instanceId, deletedBy: "webhook" });
      return { type, userId, ...outcomeOf(applied) };
    }
    default:
      return { type, userId: null, outcome: "ignored", code: null };
  }
}

const unusable = { outcome: "failed", code: "DATA_REJECTED" } as const;

const outcomeOf = (applied: Applied | undefined): Pick<Handled, "outcome" | "code"> =>
  !applied || applied.outcome === "failed" ? unusable : { outcome: applied.outcome, code: null };

const typeOf = (event: unknown): string => z.object({ type: z.string() }).safeParse(event).data?.type ?? "unknown";

/** Clerk documents ms, and its own SDK has sent seconds. */
const inMs = (timestamp: number): Date => new Date(timestamp < 1e11 ? timestamp * 1_000 : timestamp);

const NO_STORE = { "cache-control": "private, no-store" };

function refuse(code: SyncErrorCode, status: number = errorCatalog[code].status): Response {
  const { message, hint } = errorCatalog[code];
  return Response.json({ ok: false, error: { code, message, hint } }, { status, headers: NO_STORE });
}
