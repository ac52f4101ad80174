import { Webhook } from "standardwebhooks";
import type { WebhookMessage } from "./message.ts";
import type { WebhookSettings } from "./settings.ts";

/** The result of one POST. `status` is null if there was no response; `error` is null if it arrived. */
export type Attempt = { at: number; status: number | null; error: string | null };

/** Posts a message once, signed now, as Svix does. Any response but 2xx, or none in time, is a failure. */
export async function attempt(
  message: WebhookMessage,
  url: string,
  settings: WebhookSettings,
  stop: AbortSignal,
): Promise<Attempt> {
  const at = Date.now();
  const signature = new Webhook(settings.secret).sign(message.id, new Date(at), message.body);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "user-agent": "Svix-Webhooks/1.24 (clerk-emulator)",
        "svix-id": message.id,
        "svix-timestamp": String(Math.floor(at / 1000)),
        "svix-signature": signature,
      },
      body: message.body,
      redirect: "manual",
      signal: AbortSignal.any([stop, AbortSignal.timeout(settings.answerTimeoutMs)]),
    });
    await response.body?.cancel();
    return { at, status: response.status, error: response.ok ? null : `answered ${response.status}` };
  } catch (error) {
    return { at, status: null, error: reason(error) };
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
