import { createHmac, randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { prismaDatabase } from "../../src/database/adapters/prisma.ts";
import { purgeEvents } from "../../src/events/event-log.ts";
import { type Caller, createRollcall, type Rollcall } from "../../src/index.ts";
import { type Instance, startInstance } from "../instance/start-instance.ts";
import { atScale } from "../rounds.ts";
import { at, type Host, openHost } from "../write-path/host.ts";

const ROWS = atScale(100_000, 30_000);
const LATELY = 50; // events of the last day
const MANY_ROWS = 500; // more than any request should read
const SECRET = Buffer.from("the signing secret of the webhook");

let host: Host;
let instance: Instance;
let rollcall: Rollcall;
let caller: Caller;

beforeAll(async () => {
  host = await openHost({ connections: 1 });
  instance = await startInstance(host.prisma);
  const moment = at(0).toISOString();
  for (const table of ['"User"', '"Customer"', 'rollcall."ClerkUser"', 'rollcall."SyncEvent"'])
    await host.sql.query(`alter table ${table} set (autovacuum_enabled = off)`);
  await host.sql.query(
    `insert into "User" (id, email) select 'user_' || n, n || '@example.com' from generate_series(1, ${ROWS}) n`,
  );
  await host.sql.query(`insert into "Customer" ("authUserId") select id from "User"`);
  await host.sql.query(
    `insert into rollcall."ClerkUser" (id, "instanceId", email, name, "createdAt", "updatedAt", "checkedAt", "syncedAt")
     select id, $1, email, 'Given ' || row_number() over () || ' Family', at, at, at, now()
     from "User", lateral (select $2::timestamptz + length(id) * interval '1 s' + hashtext(id) * interval '1 ms' as at) moment`,
    [instance.clerk.instanceId, moment],
  );
  await host.sql.query(
    `insert into rollcall."SyncEvent" (id, source, type, outcome, "firstSeenAt", "lastSeenAt")
     select 'msg_' || n, 'webhook', 'user.updated', 'updated', seen, seen from generate_series(1, ${ROWS}) n,
       lateral (select now() - case when n <= ${LATELY} then interval '1 hour' else interval '2 days' + n * interval '20 s' end as seen) as moment`,
  );
  await host.sql.query(`insert into rollcall."ClerkInstance" (id, "adoptedAt") values ($1, now())`, [
    instance.clerk.instanceId,
  ]);
  await host.sql.query(`analyze`);
});
beforeEach(async () => {
  const { secretKey, url: apiUrl } = instance.clerk;
  const webhookSigningSecret = `whsec_${SECRET.toString("base64")}`;
  rollcall = createRollcall({ db: host.prisma, clerk: { secretKey, apiUrl, webhookSigningSecret } });
  caller = { userId: await instance.newUser(), tokenIssuedAt: new Date(), userUpdatedAt: null, role: null };
});
afterAll(async () => {
  await instance[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
});

/** How many rows were read from each large table so far, by table scan or index, by PostgreSQL's own count. */
async function rowsRead(): Promise<Record<string, number>> {
  await host.prisma.$executeRawUnsafe(`select pg_stat_force_next_flush()`);
  const { rows } = await host.sql.query<{ table: string; rows: number }>(
    `select t.relname as "table", (t.seq_tup_read + (
       select sum(i.idx_tup_read) from pg_stat_user_indexes i where i.relid = t.relid
     ))::float8 as rows
     from pg_stat_user_tables t where t.relname in ('User', 'Customer', 'ClerkUser', 'SyncEvent')`,
  );
  return Object.fromEntries(rows.map(({ table, rows }) => [table, rows]));
}

/** The tables from which a request read many rows. */
async function muchRead(request: () => Promise<unknown>): Promise<string[]> {
  const before = await rowsRead();
  await request();
  const after = await rowsRead();
  return Object.keys(after).filter((table) => (after[table] ?? 0) - (before[table] ?? 0) > MANY_ROWS);
}

async function deliver(type: string, data: unknown): Promise<void> {
  const id = `msg_${randomUUID()}`;
  const seconds = Math.floor(Date.now() / 1_000);
  const { instanceId } = instance.clerk;
  const body = JSON.stringify({ type, object: "event", instance_id: instanceId, timestamp: Date.now(), data });
  const signature = createHmac("sha256", SECRET).update(`${id}.${seconds}.${body}`).digest("base64");
  const headers = { "svix-id": id, "svix-timestamp": String(seconds), "svix-signature": `v1,${signature}` };
  const response = await rollcall.handleWebhook(new Request("http://app/webhook", { method: "POST", headers, body }));
  expect(response.status).toBe(200);
}

describe(`at ${ROWS.toLocaleString("en")} users and as many events, few rows are read by`, () => {
  test("a webhook delivery, including its entry in the log", async () => {
    const user = { id: caller.userId, email_addresses: [], created_at: 1, updated_at: 1 };
    expect(await muchRead(() => deliver("user.created", user))).toEqual([]);
    expect(await muchRead(() => deliver("user.deleted", { id: caller.userId, deleted: true }))).toEqual([]);
  });

  test("a purge of the log", async () => {
    expect(await muchRead(() => purgeEvents(prismaDatabase(host.prisma)))).toEqual([]);
  });

  test("a protected call of a new user, of a known one, and of one with a tombstone to lift", async () => {
    expect(await muchRead(() => rollcall.ensureFresh(caller))).toEqual([]);
    expect(await muchRead(() => rollcall.ensureFresh({ ...caller, userId: "user_5" }))).toEqual([]);
    await rollcall.applyDeletions([caller.userId], { instanceId: instance.clerk.instanceId, deletedBy: "run" });
    expect(await muchRead(() => rollcall.ensureFresh(caller))).toEqual([]);
    expect(await rollcall.ensureFresh(caller)).toMatchObject({ state: "fresh" });
  });

  test("protected calls of many users at the same moment", async () => {
    const callers = Array.from({ length: 40 }, (_, n) => ({ ...caller, userId: `user_${n + 100}` }));
    expect(await muchRead(() => Promise.all(callers.map(rollcall.ensureFresh)))).toEqual([]);
  });

  test("a sync that a user requested, and a throttled one", async () => {
    expect(await muchRead(() => rollcall.syncMe(caller))).toEqual([]);
    expect(await muchRead(() => rollcall.syncMe(caller).catch(() => {}))).toEqual([]);
  });

  test.each<[string, () => Promise<unknown>]>([
    ["of live users", () => rollcall.directory.list({ cursor: null, limit: 20 })],
    ["of deleted users", () => rollcall.directory.list({ state: "deleted", cursor: null, limit: 20 })],
    [
      "of users whose address begins with a text",
      () => rollcall.directory.list({ search: "1@", cursor: null, limit: 20 }),
    ],
    [
      "of users whose name begins with a text",
      () => rollcall.directory.list({ search: "Given 1", cursor: null, limit: 20 }),
    ],
    [
      "of users whose last name begins with a text",
      () => rollcall.directory.list({ search: "Family", cursor: null, limit: 20 }),
    ],
    [
      "of no users, because none is found",
      () => rollcall.directory.list({ search: "No such name", cursor: null, limit: 20 }),
    ],
    ["of all events", () => rollcall.events.list({ cursor: null, limit: 20 })],
    [
      "of events of a kind that there is none of",
      () => rollcall.events.list({ outcome: "failed", cursor: null, limit: 20 }),
    ],
    ["of events of one type", () => rollcall.events.list({ type: "user.updated", cursor: null, limit: 20 })],
    ["of events of one user", () => rollcall.events.list({ userId: "user_5", cursor: null, limit: 20 })],
    ["of all that is known about one user", () => rollcall.directory.read("user_5")],
  ])("a list %s", async (_, list) => {
    expect(await muchRead(list)).toEqual([]);
  });

  test("a health check", async () => {
    expect(await muchRead(() => rollcall.health())).toEqual([]);
  });

  test("the status, from the event log: users are counted, at most once in five seconds", async () => {
    expect(await muchRead(() => rollcall.status())).not.toContain("SyncEvent");
  });
});
