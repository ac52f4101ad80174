import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { createRollcall, type Rollcall } from "@rollcall/sync";
import { pgDatabase } from "@rollcall/sync/pg";
import pg from "pg";
import { Webhook } from "standardwebhooks";
import { type Clerk, startClerk } from "../clerk.ts";
import type { Database } from "../database.ts";
import { type Explained, explain } from "../explain.ts";
import { fillTables } from "../large-tables.ts";
import { recordingDatabase, type Statement } from "../recording-database.ts";
import type { Bench } from "../scenario.ts";
import { userOf } from "../users.ts";

const TIMES = 15;
const LIMIT = 50;
const LOOK_EVERY_MS = 200;
const LONGEST_COUNT_MS = 120_000;

/** What a request asks the database for, in tables of one size. */
export interface RequestStatements {
  request: string;
  users: number;
  /** Not part of any request in tables of this size. */
  inBackground: boolean;
  statements: Explained[];
}

const some = userOf(4_321);

/** Each request by the call that makes it. */
const requests: [request: string, call: (rollcall: Rollcall, clerk: Clerk) => Promise<unknown>][] = [
  [
    "a protected call, the caller not in memory",
    ({ ensureFresh }) =>
      ensureFresh({ userId: some.id, tokenIssuedAt: new Date(), userUpdatedAt: some.updatedAt, role: null }),
  ],
  ["a delivery's entry in the log", ({ handleWebhook }, clerk) => handleWebhook(ignoredDelivery(clerk))],
  ["health", ({ health }) => health()],
  ["metrics", ({ metrics }) => metrics()],
  ["dashboard: status", ({ status }) => status()],
  ["dashboard: activity", ({ activity }) => activity()],
  ["dashboard: runs", ({ runs }) => runs.list({ before: null, limit: LIMIT })],
  ["users: newest", users({})],
  ["users: deleted", users({ state: "deleted" })],
  ["users: in conflict", users({ state: "conflict" })],
  ["users: by the beginning of an address", users({ search: "a" })],
  ["users: by the beginning of a name", users({ search: "given12" })],
  ["users: by the last word of a name", users({ search: "family12" })],
  ["users: one", ({ directory }) => directory.read(some.id)],
  ["events: newest", events({})],
  ["events: of one outcome", events({ outcome: "created" })],
  ["events: of one user", events({ userId: some.id })],
  ["effects: pending", ({ effects }) => effects.list({ state: "pending", cursor: null, limit: LIMIT })],
  ["effects: dead", ({ effects }) => effects.list({ state: "dead", cursor: null, limit: LIMIT })],
  ["effects: how many", ({ effects }) => effects.summary()],
];

function users(filter: { state?: "deleted" | "conflict"; search?: string }) {
  return ({ directory }: Rollcall) => directory.list({ ...filter, cursor: null, limit: LIMIT });
}

function events(filter: { outcome?: "created"; userId?: string }) {
  return (rollcall: Rollcall) => rollcall.events.list({ ...filter, cursor: null, limit: LIMIT });
}

/** Of an event that changes no user. */
function ignoredDelivery({ signingSecret, instanceId }: Clerk): Request {
  const id = `msg_${randomUUID()}`;
  const now = new Date();
  const body = JSON.stringify({ type: "session.created", instance_id: instanceId, timestamp: now.getTime(), data: {} });
  const headers = {
    "svix-id": id,
    "svix-timestamp": `${Math.floor(now.getTime() / 1_000)}`,
    "svix-signature": new Webhook(signingSecret).sign(id, now, body),
  };
  return new Request("http://localhost/api/webhooks/clerk", { method: "POST", headers, body });
}

/** The statements of each request, recorded from the calls themselves, in small and in large tables. */
export async function measureStatements(bench: Bench): Promise<RequestStatements[]> {
  const { sizes, tell } = bench;
  const { database } = bench.server;
  await using clerk = await startClerk(100);
  const smallest = sizes.at(0) ?? 0;
  const largest = sizes.at(-1) ?? smallest;
  const results: RequestStatements[] = [];
  for (const size of new Set([smallest, largest])) {
    tell(`statements, fills the tables with ${size.toLocaleString("en")} users`);
    await fillTables(database, size, clerk.instanceId);
    results.push(...(await measureSize(bench, clerk, size)));
  }
  return results;
}

async function measureSize({ server, tell, rounds }: Bench, clerk: Clerk, size: number): Promise<RequestStatements[]> {
  const { database } = server;
  const pool = new pg.Pool({ connectionString: database.url });
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    const record = async (call: (rollcall: Rollcall, clerk: Clerk) => Promise<unknown>): Promise<Statement[]> => {
      const db = recordingDatabase(pgDatabase(pool));
      const { secretKey, url: apiUrl, signingSecret: webhookSigningSecret } = clerk;
      // A new one each time, because a process answers equal reads once.
      await call(createRollcall({ db, clerk: { secretKey, apiUrl, webhookSigningSecret } }), clerk);
      return db.take();
    };
    const count = await recordCount(database, record);
    const recorded = [];
    for (const [request, call] of requests) recorded.push({ request, statements: await record(call) });
    const isCounted = recorded.some(({ statements }) => statements.some(({ text }) => text === count.text));
    const results: RequestStatements[] = [];
    const all = [...recorded, { request: "counting the directory", statements: [count] }];
    for (const { request, statements } of all) {
      tell(`statements, ${size.toLocaleString("en")} users, ${request}`);
      const explained = [];
      for (const statement of statements) explained.push(await explain(client, statement, rounds(TIMES)));
      const inBackground = statements.includes(count) && !isCounted;
      results.push({ request, users: size, inBackground, statements: explained });
    }
    return results;
  } finally {
    await client.end();
    await pool.end();
  }
}

/** The count of the directory, which a large one answers requests from after it was stored. */
async function recordCount(
  database: Database,
  record: (call: (rollcall: Rollcall) => Promise<unknown>) => Promise<Statement[]>,
): Promise<Statement> {
  // In the largest tables the first call may give up while the count continues.
  const statements = await record(({ status }) => status().catch(() => {}));
  const count = statements.find(({ text }) => text.includes("'conflictIds'"));
  if (!count) throw new Error("The status does not count the directory any more: this scenario must be changed");
  for (let waitedMs = 0; waitedMs < LONGEST_COUNT_MS; waitedMs += LOOK_EVERY_MS) {
    const [{ busy } = { busy: false }] = await database.query<{ busy: boolean }>(
      `select exists (
         select from pg_stat_activity where state = 'active' and query like '%''conflictIds''%' and pid <> pg_backend_pid()
       ) as busy`,
    );
    await pause(LOOK_EVERY_MS); // what was counted is stored next
    if (!busy) break;
  }
  return count;
}
