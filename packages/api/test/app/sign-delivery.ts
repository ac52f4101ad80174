import { randomUUID } from "node:crypto";
import { Webhook } from "standardwebhooks";

/** What the webhook receives. */
export interface Delivery {
  headers: Record<string, string>;
  body: string;
}

/** A delivery as Svix sends it, with a new id. `ageSeconds` is the age of the signature. */
export function signDelivery(
  body: string,
  secret: string,
  { ageSeconds = 0, id = `msg_${randomUUID()}` } = {},
): Delivery {
  const at = new Date(Date.now() - ageSeconds * 1_000);
  const headers = {
    "content-type": "application/json",
    "svix-id": id,
    "svix-timestamp": String(Math.floor(at.getTime() / 1_000)),
    "svix-signature": new Webhook(secret).sign(id, at, body),
  };
  return { headers, body };
}
