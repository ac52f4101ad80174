import { Hono } from "hono";
import type { Store } from "../store/store.ts";
import { requireSecretKey } from "./secret-key.ts";
import { sessionsApi } from "./sessions.ts";
import { usersApi } from "./users.ts";

/** Clerk's Backend API of version 2026-05-12, the part that a backend needs to know its users. Mount it at `/v1`. */
export function backendApi(store: Store): Hono {
  const { instance } = store;
  const api = new Hono();
  api.use(requireSecretKey(instance));

  api.get("/jwks", async (c) => {
    const { kty, kid, n, e } = await store.signingKey();
    return c.json({ keys: [{ use: "sig", kty, kid, alg: "RS256", n, e }] });
  });

  api.get("/instance", (c) =>
    c.json({
      object: "instance",
      id: instance.id,
      environment_type: "production",
      allowed_origins: null,
      workspace_id: null,
    }),
  );

  api.route("/users", usersApi(store));
  api.route("/sessions", sessionsApi(store));
  return api;
}
