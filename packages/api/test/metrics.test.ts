import { createRollcallAuth } from "@rollcall/auth/mount";
import { createClient } from "@rollcall/db/client";
import type { TestDatabase } from "@rollcall/dev-stack/testing";
import { createRollcall, type Database, errorCatalog, type Rollcall } from "@rollcall/sync";
import { prismaDatabase } from "@rollcall/sync/prisma";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod/v4";
import { createRollcallHandlers } from "../src/http/index.ts";
import { gauges } from "../src/http/prometheus.ts";
import { type Clerk, startClerk } from "./app/clerk.ts";
import { countingDatabase } from "./app/counting-database.ts";
import { createDatabaseWithQueue } from "./app/database.ts";
import { signDelivery } from "./app/sign-delivery.ts";
import { ORIGIN } from "./app/start-app.ts";

const TOKEN = "sixteen-letters!";
const USERS = 16;

let database: TestDatabase;
let clerk: Clerk;
let sql: pg.Pool;
let client: ReturnType<typeof createClient>;
let db: Database;
beforeAll(async () => {
  database = await createDatabaseWithQueue();
  clerk = await startClerk({ users: USERS });
  sql = new pg.Pool({ connectionString: database.url });
  client = createClient(database.url);
  db = prismaDatabase(client);
});
beforeEach(async () => {
  await clerk.endFaults();
  await sql.query(
    `truncate rollcall."SyncRun", rollcall."SyncEvent", rollcall."SyncEffect", rollcall."ClerkUser", "User" cascade`,
  );
});
afterEach(() => vi.useRealTimers());
afterAll(async () => {
  await client.$disconnect();
  await sql.end();
  await clerk[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** A process of the team, with an empty memory. */
function start(over: Database = db, metricsToken: string | undefined = TOKEN) {
  const lines: Record<string, unknown>[] = [];
  const note = (fields: Record<string, unknown>) => void lines.push(fields);
  const rollcall: Rollcall = createRollcall({
    db: over,
    connectionString: database.url,
    clerk: { secretKey: clerk.secretKey, apiUrl: clerk.url, webhookSigningSecret: clerk.webhookSigningSecret },
    logger: { info() {}, warn: note, error: note },
  });
  const auth = createRollcallAuth(rollcall, { publishableKey: clerk.publishableKey, authorizedParties: [ORIGIN] });
  const handlers = createRollcallHandlers(rollcall, { ...auth, metricsToken });
  const scrape = (authorization = `Bearer ${metricsToken}`) =>
    handlers.metrics(new Request(`${ORIGIN}/api/metrics`, { headers: { authorization } }));
  return { rollcall, handlers, scrape, lines };
}

/** The samples of an answer, as `name{label="value"}`. */
async function samples(answer: Response): Promise<Record<string, number>> {
  const text = await answer.text();
  expect({ status: answer.status, text: answer.status === 200 ? "" : text }).toEqual({ status: 200, text: "" });
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
  );
}

const errorSchema = z.strictObject({
  ok: z.literal(false),
  error: z.strictObject({ code: z.string(), message: z.string().min(1), hint: z.string().min(1) }),
});

async function refusal(answer: Response): Promise<{ status: number; code: string; hint: string }> {
  const { code, hint } = errorSchema.parse(await answer.json()).error;
  return { status: answer.status, code, hint };
}

async function runToEnd({ runs }: Rollcall): Promise<void> {
  await runs.start({ startedBy: "test" });
  await runs.work();
}

describe("a caller without the token is refused, and nothing is read", () => {
  test.each([
    ["nothing", ""],
    ["another token", "Bearer another-secret!!"],
    ["the token's beginning", `Bearer ${TOKEN.slice(0, -1)}`],
    ["more than the token", `Bearer ${TOKEN}x`],
    ["the token without a scheme", TOKEN],
  ])("with %s", async (_, authorization) => {
    const counted = countingDatabase(db);
    expect(await refusal(await start(counted).scrape(authorization))).toMatchObject({
      status: 401,
      code: "UNAUTHENTICATED",
      hint: expect.stringContaining("METRICS_TOKEN"),
    });
    expect(counted.statements).toEqual([]);
  });

  test.each([
    ["none", undefined],
    ["one of 15 characters", TOKEN.slice(0, -1)],
    ["an empty one", ""],
  ])("where the configured token is %s", async (_, token) => {
    const closed = createRollcallHandlers(start().rollcall, { getCaller: async () => null, metricsToken: token });
    for (const authorization of ["", "Bearer ", `Bearer ${token}`]) {
      const request = new Request(`${ORIGIN}/api/metrics`, { headers: { authorization } });
      expect(await refusal(await closed.metrics(request))).toMatchObject({
        status: 503,
        code: "NOT_CONFIGURED",
        hint: expect.stringContaining("METRICS_TOKEN"),
      });
    }
  });
});

describe("the numbers", () => {
  test("of an empty database are zero, or absent where there is no value", async () => {
    const found = await samples(await start().scrape());

    expect(found).toMatchObject({
      'rollcall_users{state="live"}': 0,
      'rollcall_users{state="not_synced"}': 0,
      'rollcall_runs_health{state="ok"}': 1,
      'rollcall_effects{state="pending"}': 0,
      rollcall_oldest_effect_age_seconds: 0,
      rollcall_overdue_finds: 0,
    });
    for (const name of ["rollcall_last_full_run_age_seconds", "rollcall_last_webhook_age_seconds"]) {
      expect(found).not.toHaveProperty(name);
    }
    expect(Object.keys(found).filter((sample) => sample.startsWith("rollcall_run_state"))).toEqual([]);
  });

  test("are those of the users, Clerk, the last run and the deliveries", async () => {
    const { rollcall, handlers, scrape } = start();
    await runToEnd(rollcall);
    const { rows } = await sql.query<{ id: string; email: string }>(
      `select id, email from rollcall."ClerkUser" where email is not null order by id limit 3`,
    );
    const [shown, hidden, gone] = rows;
    // Two users claim one address, one is deleted, one row was never synced, and one user is not here yet.
    const data = await clerk.user(hidden?.id ?? "");
    const [primary] = data.email_addresses;
    await rollcall.applySnapshots([
      {
        ...{ id: data.id, instanceId: clerk.instanceId, name: null, image: null, createdAt: new Date(data.created_at) },
        ...{ email: shown?.email ?? "", emailVerifiedAt: null, emailSince: new Date(primary?.created_at ?? 0) },
        ...{ updatedAt: new Date(data.updated_at + 1), checkedAt: new Date(), extra: null },
      },
    ]);
    await rollcall.applyDeletions([gone?.id ?? ""], { instanceId: clerk.instanceId, deletedBy: "webhook" });
    await sql.query(`insert into "User" (id) values ('user_NeverSynced')`);
    await clerk.newUser();
    const envelope = { type: "session.created", instance_id: clerk.instanceId, timestamp: Date.now(), data: {} };
    const delivery = signDelivery(JSON.stringify(envelope), clerk.webhookSigningSecret);
    const accepted = await handlers.webhook(
      new Request(`${ORIGIN}/api/webhooks/clerk`, { method: "POST", ...delivery }),
    );
    expect(accepted.status).toBe(200);
    await sql.query(`update rollcall."SyncRun" set "endedAt" = now() - interval '2 hours'`);
    await sql.query(`update rollcall."SyncEvent" set "lastSeenAt" = now() - interval '30 minutes'`);

    const found = await samples(await scrape());
    expect(found).toMatchObject({
      'rollcall_users{state="live"}': USERS - 1,
      'rollcall_users{state="deleted"}': 1,
      'rollcall_users{state="not_synced"}': 1,
      rollcall_clerk_users: USERS + 1,
      rollcall_users_difference: 2,
      'rollcall_events_24h{outcome="ignored"}': 1,
      'rollcall_run_state{state="done"}': 1,
      'rollcall_run_state{state="failed"}': 0,
    });
    expect(found['rollcall_users{state="conflict"}']).toBeGreaterThanOrEqual(1);
    expect(Math.abs((found.rollcall_last_full_run_age_seconds ?? 0) - 2 * 60 * 60)).toBeLessThan(60);
    expect(Math.abs((found.rollcall_last_webhook_age_seconds ?? 0) - 30 * 60)).toBeLessThan(60);
  });

  test("count the changes that no delivery brought", async () => {
    await sql.query(`insert into rollcall."SyncEvent" (id, source, type, outcome, "firstSeenAt", "lastSeenAt")
      select 'read:' || n, 'read', 'user.updated', 'updated', now(), now() from generate_series(1, 3) n`);
    const found = await samples(await start().scrape());
    expect(found).toMatchObject({ rollcall_overdue_finds: 3, 'rollcall_events_24h{outcome="updated"}': 3 });
  });

  test("are those of the effects", async () => {
    await sql.query(`insert into rollcall."SyncEffect" (type, "userId", version, "occurredAt", "runAt", attempts, "doneVersion", "deadAt")
      values ('user.created', 'user_Waits', 1, now(), now() - interval '1 hour', 3, null, null),
        ('user.deleted', 'user_Later', 1, now(), now() + interval '1 day', 0, null, null),
        ('user.updated', 'user_Again', 2, now(), now(), 0, 1, null),
        ('user.created', 'user_Done', 1, now(), now() - interval '2 days', 1, 1, null),
        ('user.created', 'user_Dead', 1, now(), now() - interval '2 days', 20, null, now())`);
    const found = await samples(await start().scrape());

    expect(found).toMatchObject({ 'rollcall_effects{state="pending"}': 3, 'rollcall_effects{state="dead"}': 1 });
    expect(Math.abs((found.rollcall_oldest_effect_age_seconds ?? 0) - 60 * 60)).toBeLessThan(60);
  });

  test("of a run that waits for a person say so", async () => {
    const { rollcall, scrape } = start();
    await runToEnd(rollcall);
    await sql.query(`update rollcall."SyncRun" set state = 'awaiting_confirmation'`);
    expect(await samples(await scrape())).toMatchObject({
      'rollcall_run_state{state="awaiting_confirmation"}': 1,
      'rollcall_run_state{state="done"}': 0,
      'rollcall_runs_health{state="awaiting_confirmation"}': 1,
      'rollcall_runs_health{state="ok"}': 0,
    });
  });

  test("leave out what Clerk does not say, and keep the rest", async () => {
    await clerk.fail({ status: 500, path: "/v1/users/count" });
    const found = await samples(await start().scrape());
    expect(found).toMatchObject({ 'rollcall_users{state="live"}': 0 });
    expect(found).not.toHaveProperty("rollcall_clerk_users");
    expect(found).not.toHaveProperty("rollcall_users_difference");
  });

  test("come in Prometheus' text format, each metric with its type and help, for no cache", async () => {
    const { rollcall, scrape } = start();
    await runToEnd(rollcall);
    await sql.query(`insert into rollcall."SyncEvent" (id, source, type, outcome, "firstSeenAt", "lastSeenAt")
      values ('msg_1', 'webhook', 'user.created', 'created', now(), now())`);
    const answer = await scrape();
    const text = await answer.text();

    expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
    for (const { name, help } of gauges) {
      expect(text).toContain(`# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name}`);
    }
  });
});

describe("many monitors", () => {
  test("share one read for ten seconds", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const counted = countingDatabase(db);
    const { scrape } = start(counted);
    const answers = await Promise.all(Array.from({ length: 5 }, () => scrape()));
    const texts = new Set(await Promise.all(answers.map((answer) => answer.text())));
    const read = counted.statements.length;

    expect(texts.size).toBe(1);
    expect(read).toBeLessThan(10);
    vi.advanceTimersByTime(9_900);
    await scrape();
    expect(counted.statements).toHaveLength(read);
    vi.advanceTimersByTime(200);
    await scrape();
    expect(counted.statements.length).toBeGreaterThan(read);
  });
});

describe("while the database is away", () => {
  test("the answer is a logged 503 without old numbers, and the next one works when the database is back", async () => {
    const client = createClient("postgresql://app@127.0.0.1:1/none");
    const nowhere = prismaDatabase(client);
    let isAway = true;
    const { scrape, lines } = start({ ...db, query: (...statement) => (isAway ? nowhere : db).query(...statement) });
    const { hint, status } = errorCatalog.DATABASE_UNREACHABLE;

    expect(await refusal(await scrape())).toEqual({ status, code: "DATABASE_UNREACHABLE", hint });
    expect(lines).toContainEqual(expect.objectContaining({ event: "metrics_failed", code: "DATABASE_UNREACHABLE" }));
    isAway = false;
    expect(await samples(await scrape())).toHaveProperty("rollcall_overdue_finds");
    await client.$disconnect();
  });

  test("one that went silent is a 503 before Prometheus gives up", async () => {
    const { scrape } = start({ ...db, query: () => new Promise(() => {}) });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const answer = scrape();
    await vi.advanceTimersByTimeAsync(8_000);
    expect(await refusal(await answer)).toMatchObject({ status: 503, code: "DATABASE_UNREACHABLE" });
  });
});
