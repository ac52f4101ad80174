import { Webhook } from "standardwebhooks";
import { z } from "zod";
import { isLoopbackUrl } from "../loopback.ts";

const rate = z.number().min(0).max(1);

/** Svix's own schedule: immediately, then after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h. */
const SVIX_RETRY_DELAYS_MS = [5, 300, 1800, 7200, 18_000, 36_000, 36_000].map((seconds) => seconds * 1000);
const SVIX_ANSWER_TIMEOUT_MS = 15_000;

/** Where webhooks go, and their faults. */
export const webhookSettingsSchema = z.strictObject({
  /** null: nowhere. */
  url: z
    .string()
    .refine(isLoopbackUrl, "must be an http(s) URL on this machine, such as http://localhost:3000/api/webhooks/clerk")
    .nullable(),
  /** The signing secret: `whsec_…`. */
  secret: z.string().refine(canSign, "must be base64, with or without whsec_ before it"),
  /** How often (0..1) one is never sent. */
  drop: rate,
  /** How often (0..1) one is repeated after it has arrived. */
  repeat: rate,
  /** The delay before each is first sent. */
  delayMs: z.number().min(0).max(600_000),
  /** How often (0..1) one is overtaken by the next. */
  reorder: rate,
  /** The pauses after each failure; after the last one, the delivery has finally failed. */
  retryDelaysMs: z.array(z.number().min(0).max(86_400_000)).max(20),
  /** A slower response is a failure. */
  answerTimeoutMs: z.number().min(1).max(60_000),
});

export type WebhookSettings = z.output<typeof webhookSettingsSchema>;

/** The settings to change; absent ones stay unchanged. */
export const webhookChangesSchema = webhookSettingsSchema.partial();

export type WebhookChanges = z.output<typeof webhookChangesSchema>;

/** To nowhere, without faults, at Svix's pace. */
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
