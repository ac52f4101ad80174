import { createHmac, randomUUID } from "node:crypto";
import type { App } from "./start-app.ts";

/** A delivery as Svix makes one: https://docs.svix.com/receiving/verifying-payloads/how-manual. */
export interface Delivery {
  body: string;
  /** The body that was signed, where it is another one. */
  signed?: string;
  id: string;
  /** When it was signed; in seconds. */
  timestamp: number;
  secret: string;
  /** Headers in place of those that are right; undefined leaves one out. */
  headers?: Record<string, string | undefined>;
  /** Sent in pieces, without a Content-Length. */
  chunked?: boolean;
}

export const now = (): number => Math.floor(Date.now() / 1_000);
export const newDeliveryId = (): string => `msg_${randomUUID().replaceAll("-", "")}`;

export async function deliver(app: App, delivery: Delivery): Promise<{ status: number; body: unknown }> {
  const { body, signed = body, id, timestamp, secret, chunked } = delivery;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${signed}`).digest("base64");
  const all = {
    "content-type": "application/json",
    "svix-id": id,
    "svix-timestamp": String(timestamp),
    "svix-signature": `v1,${signature}`,
    ...delivery.headers,
  };
  const answer = await app.fetch("/api/webhooks/clerk", {
    method: "POST",
    headers: Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ...(chunked ? { body: new Blob([body]).stream(), duplex: "half" } : { body }),
  });
  return { status: answer.status, body: await answer.json() };
}
