import { verifyWebhook } from "@clerk/nextjs/webhooks";
import { db } from "@rollcall/app";
import type { NextRequest } from "next/server";

/**
 * What applications write after Clerk's guide: verify the delivery, then write the user and their customer by the id. A late delivery overwrites a
 * newer one, and a user with an address that another row has is never stored.
 *
 * @see https://clerk.com/docs/guides/development/webhooks/syncing
 */
export async function POST(request: NextRequest): Promise<Response> {
  try {
    const event = await verifyWebhook(request);
    switch (event.type) {
      case "user.created":
      case "user.updated": {
        const { id, email_addresses, primary_email_address_id, first_name, last_name, image_url } = event.data;
        const primary = email_addresses.find((address) => address.id === primary_email_address_id);
        const data = {
          email: primary?.email_address ?? null,
          emailVerified: primary?.verification?.status === "verified" ? new Date() : null,
          name: [first_name, last_name].filter(Boolean).join(" "),
          image: image_url,
        };
        await db.user.upsert({ where: { id }, create: { id, ...data }, update: data });
        const { name } = data;
        await db.customer.upsert({ where: { authUserId: id }, create: { authUserId: id, name }, update: { name } });
        break;
      }
      case "user.deleted":
        if (event.data.id) await db.user.deleteMany({ where: { id: event.data.id } });
    }
    return new Response("Webhook received");
  } catch (error) {
    console.error("Error verifying webhook:", error);
    return new Response("Error verifying webhook", { status: 400 });
  }
}
