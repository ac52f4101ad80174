import { newUser, runState, session, stack } from "./stack.ts";
import { expect, test } from "./test.ts";

test("a signed-out caller gets JSON from the API, never a redirect", async ({ request }) => {
  for (const path of ["/api/trpc/sync.status", "/api/sync-current-user"]) {
    const response = await request.get(path, { maxRedirects: 0 });
    expect(response.status(), path).toBe(401);
    expect(response.headers()["content-type"], path).toContain("application/json");
    expect(response.headers()["cache-control"], path).toBe("private, no-store");
  }
});

test("a session token is enough for the endpoint that syncs its user", async ({ request }) => {
  const { id, email } = await newUser();
  const { token } = await session(id);
  const headers = { authorization: `Bearer ${token}` };
  const response = await request.post("/api/sync-current-user", { headers });
  expect(await response.json()).toMatchObject({ ok: true, source: "clerk", user: { id, email } });
  const again = await request.get("/api/sync-current-user", { headers });
  expect(again.status()).toBe(429);
  expect(Number(again.headers()["retry-after"])).toBeGreaterThan(0);
});

test("a scheduler with the secret starts a run, and the run finishes on its own", async ({ request }) => {
  const stranger = await request.get("/api/cron/sync", { maxRedirects: 0 });
  expect(stranger.status()).toBe(401);
  expect(await stranger.json()).toMatchObject({ ok: false, error: { code: "UNAUTHENTICATED" } });
  const headers = { authorization: `Bearer ${stack().CRON_SECRET}` };
  const response = await request.get("/api/cron/sync", { headers });
  expect(response.status()).toBe(200);
  expect(response.headers()["cache-control"]).toBe("private, no-store");
  const { runId } = await response.json();
  await expect.poll(() => runState(runId)).toBe("done");
});

test("health is public, and a forged webhook is refused", async ({ request }) => {
  const health = await request.get("/api/health");
  expect(health.status()).toBe(200);
  expect(health.headers()["cache-control"]).toBe("private, no-store");
  expect(await health.json()).toMatchObject({ database: "ok", clerk: "ok" });
  const forged = await request.post("/api/webhooks/clerk", { data: { type: "user.deleted", data: {} } });
  expect(forged.status()).toBe(400);
});

test("a form, a foreign page and too long a batch are refused", async ({ request }) => {
  const form = await request.post("/api/trpc/sync.syncMe", { form: { a: "b" } });
  expect(form.status()).toBe(415);
  const foreign = await request.post("/api/trpc/sync.syncMe", {
    headers: { origin: "https://evil.example" },
    data: {},
  });
  expect(foreign.status()).toBe(403);
  const batch = await request.get(`/api/trpc/${Array(21).fill("sync.status").join(",")}?batch=1`);
  expect(batch.status()).toBeGreaterThanOrEqual(400);
  expect(batch.status()).not.toBe(401);
});

test("pages send a Content-Security-Policy that runs no script but their own", async ({ request }) => {
  const policyOf = async (path: string) => {
    const answer = await request.get(path);
    const policy = answer.headers()["content-security-policy"] ?? "";
    return { html: await answer.text(), policy, nonce: /script-src [^;]*'nonce-([^']+)'/.exec(policy)?.[1] };
  };
  const nonces = new Set<string | undefined>();
  for (const path of ["/", "/sign-in", "/no-such-page"]) {
    const { html, policy, nonce } = await policyOf(path);
    expect(nonce, path).toMatch(/^[A-Za-z0-9+/=_-]{16,}$/);
    expect(html, path).toContain(`nonce="${nonce}"`);
    expect(policy, path).not.toContain("unsafe-eval");
    expect(policy, path).toMatch(/script-src [^;]*'strict-dynamic'/);
    for (const part of ["frame-ancestors 'none'", "base-uri 'self'", "object-src 'none'"]) {
      expect(policy, path).toContain(part);
    }
    nonces.add(nonce);
  }
  expect(nonces.size).toBe(3); // a nonce that is used again can be guessed
});

test("every answer has the headers that protect a browser", async ({ request }) => {
  for (const path of ["/", "/sign-in", "/api/health", "/api/trpc/sync.status", "/icon.svg"]) {
    const headers = (await request.get(path)).headers();
    expect(headers, path).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "strict-origin-when-cross-origin",
      "strict-transport-security": "max-age=63072000",
    });
    expect(headers["permissions-policy"], path).toContain("camera=()");
    expect(headers["x-powered-by"], path).toBeUndefined();
  }
});
