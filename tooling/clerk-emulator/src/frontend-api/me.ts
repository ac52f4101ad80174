import { Hono } from "hono";
import { z } from "zod";
import { notFound, refusal } from "../api-error.ts";
import { mergedMetadata } from "../backend-api/metadata.ts";
import { changesToUser, checkPassword } from "../backend-api/user-input.ts";
import { sessionFacts } from "./client-json.ts";
import type { Clients } from "./clients.ts";
import { emailAddressesApi } from "./email-addresses.ts";
import { formBody } from "./form-body.ts";
import { emptyIsNull, jsonText } from "./form-field.ts";
import { userJson } from "./user-json.ts";

const profileSchema = z.strictObject({
  first_name: emptyIsNull.optional(),
  last_name: emptyIsNull.optional(),
  primary_email_address_id: z.string().optional(),
});

const metadataSchema = z.strictObject({ unsafe_metadata: jsonText });

const passwordSchema = z.strictObject({
  new_password: z.string(),
  current_password: z.string().optional(),
  sign_out_of_other_sessions: z.stringbool().default(false),
});

/** `/v1/me`: the user's own data in `<UserProfile/>`. */
export function meApi(clients: Clients): Hono {
  const { store } = clients;
  const api = new Hono();

  api.get("/", async (c) => {
    const { client, user } = await clients.signedIn(c);
    return clients.answer(c, client, userJson(user));
  });

  api.patch("/", async (c) => {
    const body = await formBody(c, profileSchema);
    const { client, user } = await clients.signedIn(c);
    const changed = store.updateUser(user, changesToUser(store.directory, user, body, Date.now()));
    return clients.answer(c, client, userJson(changed));
  });

  api.patch("/metadata", async (c) => {
    const body = await formBody(c, metadataSchema);
    const { client, user } = await clients.signedIn(c);
    return clients.answer(c, client, userJson(store.updateUser(user, mergedMetadata(user, body))));
  });

  api.delete("/", async (c) => {
    const { client, user } = await clients.signedIn(c);
    if (!user.delete_self_enabled) {
      throw refusal(403, "user_delete_self_not_enabled", "You are not allowed to delete your account.");
    }
    store.deleteUser(user);
    return clients.answer(c, client, { object: "user", id: user.id, deleted: true });
  });

  api.post("/change_password", async (c) => {
    const body = await formBody(c, passwordSchema);
    const { client, session, user } = await clients.signedIn(c);
    if (user.password_enabled && !store.hasPassword(user.id, body.current_password ?? "")) {
      const message = "Password is incorrect. Try again, or use another method.";
      throw refusal(422, "form_password_incorrect", message, "current_password");
    }
    checkPassword(body.new_password, "new_password");
    if (body.sign_out_of_other_sessions) store.revokeSessions(user.id, session.id);
    store.setPassword(user.id, body.new_password);
    const changes = { password_enabled: true, password_last_updated_at: Date.now() };
    return clients.answer(c, client, userJson(store.updateUser(user, changes)));
  });

  /** Every browser in which the user is signed in, without tokens. */
  api.get("/sessions/active", async (c) => {
    const { user } = await clients.signedIn(c);
    const sessions = store.sessions().filter(({ user_id, status }) => user_id === user.id && status === "active");
    return c.json(
      sessions.map((session) => ({
        ...sessionFacts(session, user),
        user: null,
        latest_activity: { object: "session_activity", id: session.id, is_mobile: false, ip_address: "127.0.0.1" },
      })),
    );
  });

  api.post("/sessions/:id/revoke", async (c) => {
    const { client, user } = await clients.signedIn(c);
    const session = store.session(c.req.param("id"));
    if (session?.user_id !== user.id) throw notFound("session", c.req.param("id"));
    const revoked = store.endSession(session, "revoked");
    return clients.answer(c, client, { ...sessionFacts(revoked, user), user: null });
  });

  api.route("/email_addresses", emailAddressesApi(clients));
  return api;
}
