import { Hono } from "hono";
import { z } from "zod";
import { notFound, unprocessable } from "../api-error.ts";
import { jsonBody } from "../json-body.ts";
import { signSessionToken } from "../session-token.ts";
import type { Session } from "../store/session.ts";
import type { Store } from "../store/store.ts";

const listSchema = z.object({
  client_id: z.string().optional(),
  user_id: z.string().optional(),
  status: z.enum(["abandoned", "active", "ended", "expired", "removed", "replaced", "revoked"]).optional(),
  paginated: z.enum(["true", "false"]).default("false"),
  limit: z.coerce.number().int().min(1).default(10),
  offset: z.coerce.number().int().min(0).default(0),
});

const createSchema = z.object({ user_id: z.string() });

const tokenSchema = z.object({ expires_in_seconds: z.int().min(30).max(315_360_000).nullish() });

/** `/v1/sessions` */
export function sessionsApi(store: Store): Hono {
  const session = (id: string): Session => {
    const found = store.session(id);
    if (!found) throw notFound("session", id);
    return found;
  };
  const api = new Hono();

  api.get("/", (c) => {
    const asked = listSchema.safeParse(c.req.query(), { reportInput: true });
    if (!asked.success) throw unprocessable(asked.error);
    const { client_id, user_id, status, paginated, limit, offset } = asked.data;
    const all = store
      .sessions()
      .filter((one) => client_id === undefined || one.client_id === client_id)
      .filter((one) => user_id === undefined || one.user_id === user_id)
      .filter((one) => status === undefined || one.status === status);
    const page = all.slice(offset, offset + (limit > 500 ? 10 : limit));
    return c.json(paginated === "true" ? { data: page, total_count: all.length } : page);
  });

  api.post("/", async (c) => {
    const { user_id } = await jsonBody(c, createSchema);
    if (!store.directory.get(user_id)) throw notFound("user", user_id);
    return c.json(store.openSession(user_id));
  });

  api.get("/:id", (c) => c.json(session(c.req.param("id"))));

  api.post("/:id/revoke", (c) => c.json(store.endSession(session(c.req.param("id")), "revoked")));

  api.post("/:id/tokens", async (c) => {
    const { expires_in_seconds } = await jsonBody(c, tokenSchema);
    const current = session(c.req.param("id"));
    const user = store.directory.get(current.user_id);
    if (!user || current.status !== "active") throw notFound("session", current.id);
    const { token } = await signSessionToken(store, current, user, {
      origin: c.req.header("origin"),
      lifetimeSeconds: expires_in_seconds ?? undefined,
    });
    return c.json({ object: "token", jwt: token });
  });

  return api;
}
