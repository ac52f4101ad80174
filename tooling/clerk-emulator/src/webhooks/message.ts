import type { UserWebhookEvent } from "@clerk/backend";
import { newId } from "../store/id.ts";
import type { UserEvent } from "../store/store.ts";

/** One webhook. Every attempt and every repetition has the same id and the same body. */
export type WebhookMessage = { id: string; body: string; type: UserEvent["type"]; userId: string };

/** The envelope that Clerk puts around an event; its timestamp is in ms. A deletion has the id and no version. */
export function webhookMessage(event: UserEvent, instanceId: string): WebhookMessage {
  const { type, user } = event;
  const data =
    type === "user.deleted"
      ? {
          id: user.id,
          object: "user",
          deleted: true,
          ...(user.external_id === null ? {} : { external_id: user.external_id }),
        }
      : user;
  const envelope = {
    data,
    event_attributes: { http_request: { client_ip: "127.0.0.1", user_agent: "clerk-emulator" } },
    instance_id: instanceId,
    object: "event",
    timestamp: Date.now(),
    type,
  } satisfies Omit<UserWebhookEvent, "data"> & { data: unknown };
  return { id: newId("msg"), body: JSON.stringify(envelope), type, userId: user.id };
}
