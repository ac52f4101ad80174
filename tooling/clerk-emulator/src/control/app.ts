import { Hono } from "hono";
import { z } from "zod";
import { notFound } from "../api-error.ts";
import { type Faults, faultSchema } from "../faults.ts";
import type { VerificationCodes } from "../frontend-api/verification-codes.ts";
import { jsonBody } from "../json-body.ts";
import type { RequestCount } from "../request-count.ts";
import { newcomers } from "../seed/seed.ts";
import { type TokenLifetime, tokenLifetimeSchema } from "../session-token.ts";
import type { Store } from "../store/store.ts";
import type { User } from "../store/user.ts";
import type { WebhookDispatcher } from "../webhooks/dispatcher.ts";
import { webhookChangesSchema } from "../webhooks/settings.ts";
import { loopbackOnly } from "./guard.ts";
import { signIn, signInSchema } from "./sign-in.ts";
import { changesByControl, userChangesSchema } from "./user-changes.ts";

const idsSchema = z.array(z.string()).max(10_000);
const someUsersSchema = z.strictObject({ ids: idsSchema });
const someChangesSchema = z.strictObject({ ids: idsSchema, changes: userChangesSchema });
const tokensSchema = z.strictObject({ lifetimeSeconds: tokenLifetimeSchema });
const newUsersSchema = z.strictObject({ count: z.int().min(1).max(1_000_000) });

/** How tests and developers control and inspect the emulated Clerk. Mount it at `/__control`. */
export function controlApi(
  store: Store,
  webhooks: WebhookDispatcher,
  faults: Faults,
  requests: RequestCount,
  codes: VerificationCodes,
  tokenLifetime: TokenLifetime,
): Hono {
  const user = (id: string): User => {
    const found = store.directory.get(id);
    if (!found) throw notFound("user", id);
    return found;
  };
  const api = new Hono();
  api.use(loopbackOnly);

  api.post("/sign-in", async (c) => {
    const { userId, claims } = await jsonBody(c, signInSchema);
    return c.json(await signIn(store, user(userId), tokenLifetime, claims));
  });

  api.post("/users", async (c) => {
    const { count } = await jsonBody(c, newUsersSchema);
    const users = newcomers(store.directory, count, Date.now());
    store.createUsers(users);
    return c.json({ total: store.directory.size, userIds: users.map((created) => created.user.id) });
  });

  // A test that changes hundreds of users would otherwise spend most of its time on requests.
  api.patch("/users", async (c) => {
    const { ids, changes } = await jsonBody(c, someChangesSchema);
    for (const current of ids.map(user)) store.updateUser(current, changesByControl(current, changes));
    return c.json({ changed: ids.length });
  });

  api.delete("/users", async (c) => {
    const { ids } = await jsonBody(c, someUsersSchema);
    for (const { id } of ids.map(user)) store.deleteUser(user(id));
    return c.json({ deleted: ids.length });
  });

  api.patch("/users/:id", async (c) => {
    const body = await jsonBody(c, userChangesSchema);
    const current = user(c.req.param("id"));
    return c.json(store.updateUser(current, changesByControl(current, body)));
  });

  api.delete("/users/:id", (c) => {
    const { id } = user(c.req.param("id"));
    store.deleteUser(user(id));
    return c.json({ object: "user", id, deleted: true });
  });

  api.post("/tokens", async (c) => {
    const { lifetimeSeconds } = await jsonBody(c, tokensSchema);
    tokenLifetime.seconds = lifetimeSeconds;
    return c.json({ lifetimeSeconds });
  });

  api.get("/faults", (c) => c.json({ faults: faults.list() }));
  api.post("/faults", async (c) => {
    faults.add(await jsonBody(c, faultSchema));
    return c.json({ faults: faults.list() });
  });
  api.delete("/faults", (c) => {
    faults.clear();
    return c.json({ faults: faults.list() });
  });

  api.get("/webhooks", (c) => c.json(shown(webhooks)));
  api.post("/webhooks", async (c) => {
    webhooks.configure(await jsonBody(c, webhookChangesSchema));
    return c.json(shown(webhooks));
  });

  api.get("/deliveries", (c) => c.json(webhooks.log.toJSON()));
  api.delete("/deliveries", (c) => {
    webhooks.log.clear();
    return c.json(webhooks.log.toJSON());
  });

  api.get("/codes", (c) => c.json(codes.toJSON()));

  api.get("/requests", (c) => c.json(requests.toJSON()));
  api.delete("/requests", (c) => {
    requests.reset();
    return c.json(requests.toJSON());
  });

  return api;
}

/** The webhooks' settings, without the signing secret. */
function shown(webhooks: WebhookDispatcher) {
  const { secret: _, ...settings } = webhooks.settings;
  return settings;
}
