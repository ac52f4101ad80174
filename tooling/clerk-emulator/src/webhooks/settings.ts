import { Webhook } from "standardwebhooks";
import { z } from "zod";
import { isLoopbackUrl } from "../loopback.ts";

const rate = z.number().min(0).max(1);

/** Svix's own schedule: at once, then after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h. */
const SVIX_RETRY_DELAYS_MS = [5, 300, 1800, 7200, 18_000, 36_000, 36_000].map((seconds) => seconds * 1000);
const SVIX_ANSWER_TIMEOUT_MS = 15_000;

/** Where webhooks go, and what goes wrong with them on the way. */
export const webhookSettingsSchema = z.strictObject({
  /** null: nowhere. */
  url: z
    .string()
    .refine(isLoopbackUrl, "must be an http(s) URL on this machine, such as http://localhost:3000/api/webhooks/clerk")
    .nullable(),
  /** What they are signed with: `whsec_…`. */
  secret: z.string().refine(canSign, "must be base64, with or without whsec_ before it"),
  /** How often (0..1) one is never sent. */
  drop: rate,
  /** How often (0..1) one is sent again after it has arrived. */
  repeat: rate,
  /** How long each waits before it is sent first. */
  delayMs: z.number().min(0).max(600_000),
  /** How often (0..1) one is overtaken by the next. */
  reorder: rate,
  /** The pauses after each failure; after the last one it has failed for good. */
  retryDelaysMs: z.array(z.number().min(0).max(86_400_000)).max(20),
  /** An answer that takes longer is a failure. */
  answerTimeoutMs: z.number().min(1).max(60_000),
});

export type WebhookSettings = z.output<typeof webhookSettingsSchema>;

/** What can be set: what is absent stays as it is. */
export const webhookChangesSchema = webhookSettingsSchema.partial();

export type WebhookChanges = z.output<typeof webhookChangesSchema>;

/** To nowhere, without mishaps, at Svix's pace. */
export function defaultWebhookSettings(secret: string): WebhookSettings {
  return {
    url: null,
    secret,
    drop: 0,
    repeat: 0,
    delayMs: 0,
    reorder: 0,
    retryDelaysMs: SVIX_RETRY_DELAYS_MS,
    answerTimeoutMs: SVIX_ANSWER_TIMEOUT_MS,
  };
}

function canSign(secret: string): boolean {
  try {
    new Webhook(secret).sign("msg", new Date(0), "");
    return true;
  } catch {
    return false;
  }
}
