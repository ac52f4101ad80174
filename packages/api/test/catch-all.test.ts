import { inspect } from "node:util";
import { createRollcallAuth } from "@rollcall/auth/mount";
import { createClient } from "@rollcall/db/client";
import { createTestDatabase, type TestDatabase } from "@rollcall/dev-stack/testing";
import { createRollcall, errorCatalog, type Rollcall } from "@rollcall/sync";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRollcallHandlers, type RollcallHandlers } from "../src/http/index.ts";
import { type Clerk, startClerk } from "./app/clerk.ts";
import { signDelivery } from "./app/sign-delivery.ts";
import { ORIGIN } from "./app/start-app.ts";

const CRON_SECRET = "the-secret-of-the-cron-job";
const METRICS_TOKEN = "the-token-of-the-monitor";

let database: TestDatabase;
let clerk: Clerk;
let client: ReturnType<typeof createClient>;
let rollcall: Rollcall;
let all: RollcallHandlers["all"];
/** What was put off until the answer has been sent. */
const afterAnswers: (() => Promise<void>)[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  clerk = await startClerk();
  client = createClient(database.url);
  rollcall = createRollcall({
    db: client,
    connectionString: database.url,
    clerk: { secretKey: clerk.secretKey, apiUrl: clerk.url, webhookSigningSecret: clerk.webhookSigningSecret },
    afterAnswer: () => ({ after: (work) => void afterAnswers.push(work) }),
  });
  const auth = createRollcallAuth(rollcall, { publishableKey: clerk.publishableKey, authorizedParties: [ORIGIN] });
  ({ all } = createRollcallHandlers(rollcall, { ...auth, cronSecret: CRON_SECRET, metricsToken: METRICS_TOKEN }));
}, 120_000);
afterAll(async () => {
  await client.$disconnect();
  await clerk[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

async function answerOf(path: string, init?: RequestInit) {
  const response = await all(new Request(`${ORIGIN}${path}`, init));
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? null : JSON.parse(text) };
}

describe("one catch-all route, below any path", () => {
  test("health answers a monitor", async () => {
    expect(await answerOf("/api/rollcall/health")).toMatchObject({ status: 200, body: { database: "ok" } });
    expect(await answerOf("/health/", { method: "HEAD" })).toMatchObject({ status: 200 });
  });

  test("webhook takes what Clerk signed, and nothing else", async () => {
    const data = await clerk.user(await clerk.newUser());
    const event = { type: "user.created", object: "event", instance_id: clerk.instanceId, timestamp: Date.now(), data };
    const delivery = signDelivery(JSON.stringify(event), clerk.webhookSigningSecret);
    const path = "/api/rollcall/webhook";

    expect(await answerOf(path, { method: "POST", ...delivery })).toMatchObject({ status: 200, body: { ok: true } });
    expect(await client.user.count({ where: { id: data.id } })).toBe(1);
    expect(await answerOf(path, { method: "POST", body: delivery.body })).toMatchObject({ status: 400 });
  });

  test("sync-current-user syncs who is signed in", async () => {
    const id = await clerk.newUser();
    const { token } = await clerk.signIn(id);
    const headers = { authorization: `Bearer ${token}` };

    expect(await answerOf("/api/rollcall/sync-current-user", { headers })).toMatchObject({
      status: 200,
      body: { ok: true, user: { id } },
    });
  });

  test("cron starts a run, and works on it after the answer", async () => {
    const headers = { authorization: `Bearer ${CRON_SECRET}` };
    const { status, body } = await answerOf("/api/rollcall/cron", { headers });
    const stateOf = async () => (await rollcall.runs.get(body.runId))?.report.state;

    expect({ status, state: await stateOf() }).toEqual({ status: 200, state: "planned" });
    for (const work of afterAnswers.splice(0)) await work();
    expect(await stateOf()).toBe("done");
  });

  test("metrics answers a monitor with the token", async () => {
    const path = `${ORIGIN}/api/rollcall/metrics`;
    const answer = await all(new Request(path, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } }));

    expect(await answer.text()).toContain("# TYPE rollcall_users gauge");
    expect((await all(new Request(path))).status).toBe(401);
  });

  test.each(["/api/rollcall/nothing", "/api/rollcall", "/", "/api/rollcall/constructor", "/api/rollcall/health/more"])(
    "%s is not found, in the body of every error",
    async (path) => {
      const { message, hint } = errorCatalog.NOT_FOUND;
      expect(await answerOf(path)).toMatchObject({
        status: 404,
        body: { ok: false, error: { code: "NOT_FOUND", message, hint } },
      });
    },
  );

  test.each([
    ["GET", "webhook", "POST"],
    ["DELETE", "sync-current-user", "GET, POST"],
    ["POST", "cron", "GET"],
    ["HEAD", "cron", "GET"],
    ["POST", "metrics", "GET"],
    ["POST", "health", "GET, HEAD"],
  ])("%s is refused by %s, which says that it takes %s", async (method, name, allowed) => {
    const { status, headers } = await answerOf(`/api/rollcall/${name}`, { method });
    expect({ status, allow: headers.get("allow") }).toEqual({ status: 405, allow: allowed });
  });
});

test("what prints a rollcall prints no key", () => {
  expect(inspect(rollcall, { depth: null, showHidden: true }) + JSON.stringify(rollcall)).not.toContain(
    clerk.secretKey,
  );
});
