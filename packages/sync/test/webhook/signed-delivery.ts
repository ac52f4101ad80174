import { createHmac, randomUUID } from "node:crypto";

/** A delivery as Svix sends it for a Clerk instance, signed with its secret. */
export function signedDelivery(
  { instanceId, webhookSigningSecret }: { instanceId: string; webhookSigningSecret: string },
  event: { type: string; data: unknown },
): Request {
  const id = `msg_${randomUUID()}`;
  const seconds = Math.floor(Date.now() / 1_000);
  const body = JSON.stringify({ object: "event", instance_id: instanceId, timestamp: Date.now(), ...event });
  const secret = Buffer.from(webhookSigningSecret.replace(/^whsec_/, ""), "base64");
  const signature = createHmac("sha256", secret).update(`${id}.${seconds}.${body}`).digest("base64");
  const headers = { "svix-id": id, "svix-timestamp": String(seconds), "svix-signature": `v1,${signature}` };
  return new Request("http://app/webhook", { method: "POST", headers, body });
}
