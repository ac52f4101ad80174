import type { Delivery } from "./sign-delivery.ts";
import type { App } from "./start-app.ts";

/** Posts a delivery to the webhook, also in pieces and without a Content-Length. */
export async function postDelivery(
  app: App,
  { headers, body }: Delivery,
  { chunked = false } = {},
): Promise<{ status: number; body: unknown }> {
  const answer = await app.fetch("/api/webhooks/clerk", {
    method: "POST",
    headers,
    ...(chunked ? { body: new Blob([body]).stream(), duplex: "half" } : { body }),
  });
  return { status: answer.status, body: await answer.json() };
}
