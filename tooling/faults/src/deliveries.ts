import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { Webhook } from "standardwebhooks";
import { type Answer, ask } from "./ask.ts";
import type { Stack } from "./stack.ts";

/** One delivery of Clerk's webhook, as it is sent. */
export interface Delivery {
  id: string;
  headers: Record<string, string>;
  body: string | Uint8Array<ArrayBuffer>;
}

/** What is delivered, signed for each attempt. */
export type Attempt = () => Delivery;

export interface Signing {
  /** Default: the instance's own. */
  secret?: string;
  id?: string;
  /** When it was signed, in epoch ms. Default: now. */
  at?: number;
}

/** Signs a body as Svix does. */
export function signed({ signingSecret }: Stack, body: Delivery["body"], signing: Signing = {}): Delivery {
  const { secret = signingSecret, id = `msg_${randomUUID()}`, at = Date.now() } = signing;
  const headers = {
    "content-type": "application/json",
    "svix-id": id,
    "svix-timestamp": String(Math.floor(at / 1_000)),
    "svix-signature": signature(secret, id, at, body),
  };
  return { id, headers, body };
}

/** Over the bytes: a body need not be text. */
const signature = (secret: string, id: string, at: number, body: Delivery["body"]): string =>
  new Webhook(secret).sign(id, new Date(at), typeof body === "string" ? body : Buffer.from(body).toString("latin1"));

/** An event of this instance, as Clerk's envelope. */
export const eventBody = ({ instanceId }: Stack, type: string, data: unknown): string =>
  JSON.stringify({ object: "event", instance_id: instanceId, timestamp: Date.now(), type, data });

export const post = (appUrl: string, { headers, body }: Delivery): Promise<Answer> =>
  ask("webhook", `${appUrl}/api/webhooks/clerk`, { method: "POST", headers, body });

const PAUSES_MS = [200, 500, 1_000, 2_000];

/**
 * Posts as Svix does, signed at that moment, again and again until it is answered by anything but a failure of the server.
 *
 * @returns every answer, the last one accepted or refused
 */
export async function deliver(appUrl: () => string, attempt: Attempt, withinMs = 300_000): Promise<Answer[]> {
  const answers: Answer[] = [];
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await post(appUrl(), attempt());
    answers.push(answer);
    if (answer.status !== null && answer.status < 500) return answers;
    if (performance.now() > deadline)
      throw new Error(`never accepted: ${answer.status} ${answer.error} ${answer.body}`);
    await pause(PAUSES_MS[Math.min(answers.length, PAUSES_MS.length) - 1]);
  }
}

/** Does all of the work, at most so many pieces at the same time. */
export async function inParallel<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const worker = async () => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
