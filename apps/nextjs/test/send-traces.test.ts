import { randomUUID } from "node:crypto";
import { trace } from "@opentelemetry/api";
import { type Emulator, startEmulator } from "@rollcall/clerk-emulator";
import { createTestDatabase, type TestDatabase } from "@rollcall/dev-stack/testing";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type OtlpReceiver, startOtlpReceiver } from "./otlp-receiver.ts";

let clerk: Emulator;
let database: TestDatabase;
let collector: OtlpReceiver;
let deliver: typeof import("../src/app/api/webhooks/clerk/route.ts").POST;

/** The server's start, as Next does it, and one of its routes. */
beforeAll(async () => {
  clerk = await startEmulator({ users: 3 });
  database = await createTestDatabase();
  collector = await startOtlpReceiver();
  vi.stubEnv("NEXT_RUNTIME", "nodejs");
  vi.stubEnv("POSTGRES_URL", database.url);
  vi.stubEnv("CLERK_SECRET_KEY", clerk.secretKey);
  vi.stubEnv("NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY", clerk.publishableKey);
  vi.stubEnv("CLERK_API_URL", clerk.url);
  vi.stubEnv("CLERK_WEBHOOK_SIGNING_SECRET", clerk.webhookSigningSecret);
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url);
  vi.stubEnv("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json");
  vi.stubEnv("OTEL_BSP_SCHEDULE_DELAY", "50");
  const { register } = await import("../src/instrumentation.ts");
  await register();
  deliver = (await import("../src/app/api/webhooks/clerk/route.ts")).POST;
});
afterAll(async () => {
  const { db } = await import("@rollcall/app");
  await db.$disconnect();
  await collector[Symbol.asyncDispose]();
  await clerk[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  vi.unstubAllEnvs();
});

const named = (name: string) => collector.spans.find((span) => span.name === name);

test("a delivery's trace reaches the collector, without the user's name and address", async () => {
  const headers = { authorization: `Bearer ${clerk.secretKey}` };
  const data = await (await fetch(`${clerk.url}/v1/users/${clerk.memberUserId}`, { headers })).json();
  const event = { type: "user.created", object: "event", instance_id: clerk.instanceId, timestamp: Date.now(), data };
  const [id, at, body] = [`msg_${randomUUID()}`, new Date(), JSON.stringify(event)];
  const signature = new Webhook(clerk.webhookSigningSecret).sign(id, at, body);
  const answer = await deliver(
    new Request("http://localhost:3000/api/webhooks/clerk", {
      method: "POST",
      headers: {
        "svix-id": id,
        "svix-timestamp": String(Math.floor(at.getTime() / 1_000)),
        "svix-signature": signature,
      },
      body,
    }),
  );

  expect(await answer.json()).toEqual({ ok: true, outcome: "created" });
  await expect.poll(() => named("rollcall.webhook"), { timeout: 10_000 }).toBeDefined();
  const { spanId, traceId } = named("rollcall.webhook") ?? {};
  expect(named("postgres fast")).toMatchObject({ traceId, parentSpanId: spanId });
  expect(collector.services).toEqual(new Set(["rollcall"]));
  expect(collector.received()).toContain(clerk.memberUserId);
  for (const personal of [data.first_name, data.last_name, data.email_addresses[0].email_address]) {
    expect(collector.received()).not.toContain(personal);
  }
});

test("the URL of a request arrives without its query, which may hold what an admin searched for", async () => {
  const attributes = { "http.target": "/api/trpc/sync.users?input=kim@example.com", "url.full": "http://a/b?q=kim" };
  trace.getTracer("next.js").startSpan("GET /api/trpc/[trpc]", { attributes }).end();

  await expect.poll(() => named("GET /api/trpc/[trpc]"), { timeout: 10_000 }).toBeDefined();
  expect(named("GET /api/trpc/[trpc]")?.attributes).toEqual(
    expect.arrayContaining([
      { key: "http.target", value: { stringValue: "/api/trpc/sync.users" } },
      { key: "url.full", value: { stringValue: "http://a/b" } },
    ]),
  );
  expect(collector.received()).not.toContain("kim");
});
