import { Webhook } from "standardwebhooks";
import type { Clerk, ClerkUser } from "./clerk.ts";
import type { HttpRequest } from "./load.ts";
import { userOf } from "./users.ts";

/** The n-th user, as a user of Clerk's looks after this many renames. */
function clerkUser(template: ClerkUser, n: number, renames: number): ClerkUser {
  const { id, email, createdAt, updatedAt, name } = userOf(n, renames);
  const [given, family] = name?.split(" ") ?? [];
  const emailId = `idn_bench${n}`;
  const at = createdAt?.getTime();
  const address = {
    id: emailId,
    object: "email_address",
    email_address: email,
    reserved: false,
    verification: {
      object: "verification_ticket",
      status: "verified",
      strategy: "email_code",
      attempts: 1,
      expire_at: null,
    },
    linked_to: [],
    matches_sso_connection: false,
    created_at: at,
    updated_at: at,
  };
  return {
    ...template,
    id,
    first_name: given,
    last_name: family,
    primary_email_address_id: emailId,
    email_addresses: [address],
    created_at: at,
    updated_at: updatedAt.getTime(),
  };
}

export interface Delivery {
  type: "user.created" | "user.updated";
  n: number;
  renames: number;
}

/** A delivery of Clerk's webhook, signed as Svix does. The same delivery has the same id. */
export function deliver(clerk: Clerk, template: ClerkUser, url: string, { type, n, renames }: Delivery): HttpRequest {
  const data = clerkUser(template, n, renames);
  const body = JSON.stringify({
    object: "event",
    type,
    instance_id: clerk.instanceId,
    timestamp: data.updated_at + 2 * 60_000,
    data,
    event_attributes: { http_request: { client_ip: "192.0.2.1", user_agent: "Mozilla/5.0" } },
  });
  const id = `msg_bench${n}_${renames}`;
  const now = new Date();
  const headers = {
    "content-type": "application/json",
    "svix-id": id,
    "svix-timestamp": `${Math.floor(now.getTime() / 1_000)}`,
    "svix-signature": new Webhook(clerk.signingSecret).sign(id, now, body),
  };
  return { method: "POST", url, headers, body };
}
