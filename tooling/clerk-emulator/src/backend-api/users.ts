import { Hono } from "hono";
import { z } from "zod";
import { notFound, refusal } from "../api-error.ts";
import { jsonBody } from "../json-body.ts";
import { countUsers, listUsers } from "../store/listing.ts";
import type { Store } from "../store/store.ts";
import type { User } from "../store/user.ts";
import { mergedMetadata, metadataSchema } from "./metadata.ts";
import { changesToUser, createUserSchema, updateUserSchema, userToCreate } from "./user-input.ts";
import { parseFilter, parsePage } from "./user-query.ts";

/** `/v1/users` */
export function usersApi(store: Store): Hono {
  const { directory } = store;
  const user = (id: string): User => {
    const found = directory.get(id);
    if (!found) throw notFound("user", id);
    return found;
  };
  const api = new Hono();

  api.get("/", (c) =>
    c.json(listUsers(directory, parseFilter(c.req.queries()), parsePage(c.req.queries(), directory))),
  );

  api.get("/count", (c) =>
    c.json({ object: "total_count", total_count: countUsers(directory, parseFilter(c.req.queries())) }),
  );

  api.get("/:id", (c) => c.json(user(c.req.param("id"))));

  api.post("/", async (c) => {
    const created = userToCreate(directory, await jsonBody(c, createUserSchema), Date.now());
    store.createUsers([created]);
    return c.json(created.user);
  });

  api.patch("/:id", async (c) => {
    const body = await jsonBody(c, updateUserSchema);
    const current = user(c.req.param("id"));
    const changes = changesToUser(directory, current, body, Date.now());
    if (body.password) store.setPassword(current.id, body.password);
    if (body.password && body.sign_out_of_other_sessions) store.revokeSessions(current.id);
    return c.json(store.updateUser(current, changes));
  });

  api.delete("/:id", (c) => {
    const { id, external_id } = user(c.req.param("id"));
    store.deleteUser(user(id));
    return c.json({ object: "user", id, deleted: true, ...(external_id === null ? {} : { external_id }) });
  });

  api.patch("/:id/metadata", async (c) => {
    const body = await jsonBody(c, metadataSchema);
    const current = user(c.req.param("id"));
    return c.json(store.updateUser(current, mergedMetadata(current, body)));
  });

  api.put("/:id/metadata", async (c) => {
    const body = await jsonBody(c, metadataSchema);
    return c.json(store.updateUser(user(c.req.param("id")), body));
  });

  api.post("/:id/ban", (c) => c.json(store.updateUser(user(c.req.param("id")), { banned: true })));

  api.post("/:id/unban", (c) => c.json(store.updateUser(user(c.req.param("id")), { banned: false })));

  api.post("/:id/verify_password", async (c) => {
    const { password } = await jsonBody(c, z.strictObject({ password: z.string() }));
    const current = user(c.req.param("id"));
    if (!current.password_enabled) throw refusal(400, "no_password_set", "The user has no password.");
    if (!store.hasPassword(current.id, password))
      throw refusal(422, "incorrect_password", "The password is incorrect.");
    return c.json({ verified: true });
  });

  return api;
}
