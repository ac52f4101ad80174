import { type Context, Hono } from "hono";
import { z } from "zod";
import { notFound, refusal } from "../api-error.ts";
import { refuseTaken } from "../backend-api/user-input.ts";
import { newEmailAddress } from "../store/contact.ts";
import type { EmailAddress, User } from "../store/user.ts";
import type { Clients } from "./clients.ts";
import { formBody } from "./form-body.ts";
import { emailAddressJson } from "./user-json.ts";

const createSchema = z.strictObject({ email_address: z.string().trim().toLowerCase().pipe(z.email()) });
const prepareSchema = z.strictObject({ strategy: z.literal("email_code") });
const attemptSchema = z.strictObject({ code: z.string() });

/** `/v1/me/email_addresses`: adds one, verifies it with a code, removes it. */
export function emailAddressesApi(clients: Clients): Hono {
  const { store, codes } = clients;

  const own = async (c: Context<object, "/:id">) => {
    const { client, user } = await clients.signedIn(c);
    const email = user.email_addresses.find(({ id }) => id === c.req.param("id"));
    if (!email) throw notFound("email address", c.req.param("id"));
    return { client, user, email };
  };
  const replaced = (user: User, email: EmailAddress) =>
    user.email_addresses.map((own) => (own.id === email.id ? email : own));

  const api = new Hono();

  api.post("/", async (c) => {
    const { email_address } = await formBody(c, createSchema);
    const { client, user } = await clients.signedIn(c);
    refuseTaken(store.directory, "email_address", email_address);
    const email = newEmailAddress(email_address, "unverified", Date.now());
    store.updateUser(user, { email_addresses: [...user.email_addresses, email] });
    return clients.answer(c, client, emailAddressJson(email));
  });

  api.get("/:id", async (c) => {
    const { client, email } = await own(c);
    return clients.answer(c, client, emailAddressJson(email));
  });

  api.post("/:id/prepare_verification", async (c) => {
    await formBody(c, prepareSchema);
    const { client, email } = await own(c);
    codes.send(email.id, email.email_address);
    return clients.answer(c, client, emailAddressJson(email));
  });

  api.post("/:id/attempt_verification", async (c) => {
    const { code } = await formBody(c, attemptSchema);
    const { client, user, email } = await own(c);
    refuseTaken(store.directory, "email_address", email.email_address, user);
    codes.accept(email.id, code);
    const now = Date.now();
    const { verification } = newEmailAddress(email.email_address, "verified", now);
    const verified = { ...email, reserved: false, verification, updated_at: now };
    store.updateUser(user, {
      email_addresses: replaced(user, verified),
      primary_email_address_id: user.primary_email_address_id ?? verified.id,
    });
    return clients.answer(c, client, emailAddressJson(verified));
  });

  api.delete("/:id", async (c) => {
    const { client, user, email } = await own(c);
    const left = user.email_addresses.filter(({ id }) => id !== email.id);
    if (left.length === 0) {
      throw refusal(403, "last_identification_deletion_failed", "You can't delete your last email address.");
    }
    codes.cancel(email.id);
    const heir = left.find(({ verification }) => verification?.status === "verified");
    store.updateUser(user, {
      email_addresses: left,
      primary_email_address_id:
        user.primary_email_address_id === email.id ? (heir?.id ?? null) : user.primary_email_address_id,
    });
    return clients.answer(c, client, { object: "email_address", id: email.id, deleted: true });
  });

  return api;
}
