import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "@rollcall/db/client";
import { hasPgBouncer, startPgBouncer } from "@rollcall/dev-stack/testing/pgbouncer";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { pgDatabase } from "../../src/database/adapters/pg.ts";
import { type CheckReport, createRollcall, migrate, type Rollcall, type RollcallOptions } from "../../src/index.ts";
import { type Mirror, openMirror } from "../runs/mirror.ts";
import { openRole } from "../runs/role.ts";

let mirror: Mirror;
beforeAll(async () => {
  // The checks report sessions that are not in UTC.
  mirror = await openMirror({ users: 3 }, { timeZone: "UTC" });
  await migrate(mirror.host.url);
  await mirror.run();
});
afterAll(() => mirror[Symbol.asyncDispose]());

/** Simulates another process. */
function start(options: Partial<RollcallOptions> = {}): Rollcall {
  const { host, clerk } = mirror;
  return createRollcall({
    db: host.db,
    connectionString: host.url,
    clerk: { secretKey: clerk.secretKey, apiUrl: clerk.url, webhookSigningSecret: clerk.webhookSigningSecret },
    ...options,
  });
}

const reportOf = (reports: CheckReport[], id: string) => reports.find((report) => report.id === id);
const wrong = (reports: CheckReport[]) => reports.filter(({ status }) => status === "finding").map(({ id }) => id);
const sql = (text: string) => mirror.host.sql.query(text);

test("if nothing is wrong, every check is ok, except the one of tokens, because none was seen", async () => {
  const reports = await start().check();
  expect(reports.filter(({ status }) => status !== "ok")).toEqual([
    expect.objectContaining({
      id: "session-claims",
      status: "skipped",
      why: expect.stringContaining("{{user.updated_at}}"),
    }),
  ]);
});

test("a database that is away is one finding, without its password, and what needs it is skipped", async () => {
  const url = "postgresql://me:hunter2@127.0.0.1:1/x";
  const db = new PrismaClient({ adapter: new PrismaPg({ connectionString: url }) });
  const reports = await start({ db, connectionString: url }).check();
  await db.$disconnect();
  expect(wrong(reports)).toEqual(["database", "worker-connection"]);
  expect(reportOf(reports, "migrations")).toMatchObject({ status: "skipped" });
  expect(reportOf(reports, "clerk-key")).toMatchObject({ status: "ok" });
  expect(JSON.stringify(reports)).not.toContain("hunter2");
});

test("a replica is a finding", async () => {
  const connectionString = `${mirror.host.url}?options=-c%20default_transaction_read_only%3Don`;
  const db = new PrismaClient({ adapter: new PrismaPg({ connectionString }) });
  const reports = await start({ db }).check();
  await db.$disconnect();
  expect(reportOf(reports, "database")).toMatchObject({
    status: "finding",
    message: expect.stringContaining("read-only"),
  });
});

test("a client that reads every time as UTC is found if its sessions are in another zone, and one of pg is not", async () => {
  const options = "-c TimeZone=Asia/Tokyo";
  const db = new PrismaClient({ adapter: new PrismaPg({ connectionString: mirror.host.url, options }) });
  const reports = await start({ db }).check();
  await db.$disconnect();
  expect(reportOf(reports, "time-zone")).toMatchObject({
    status: "finding",
    message: expect.stringContaining("Asia/Tokyo"),
  });
  const pool = new pg.Pool({ connectionString: mirror.host.url, options });
  const ofPg = await start({ db: pgDatabase(pool) }).check();
  await pool.end();
  expect(reportOf(ofPg, "time-zone")).toMatchObject({ status: "ok", message: expect.stringContaining("Asia/Tokyo") });
});

test("missing rights are named, with the statements that grant them", async () => {
  await using guest = await openRole(mirror.host);
  const db = new PrismaClient({ adapter: new PrismaPg({ connectionString: guest.url }) });
  const rights = async () => reportOf(await start({ db, connectionString: guest.url }).check(), "rights");
  try {
    expect(await rights()).toMatchObject({ message: expect.stringContaining("may not use the schema rollcall") });
    await guest.grant("usage on schema rollcall");
    await guest.grant("select, insert, update, delete on all tables in schema rollcall");
    await guest.grant(`select, insert on "User"`);
    await guest.grant(`select, insert, update on "Customer"`);
    const found = await rights();
    expect(found).toMatchObject({ message: expect.stringContaining(`UPDATE on "User"`) });
    if (found?.status !== "finding") throw new Error("no finding");
    for (const statement of found.remedy.split("\n")) await sql(statement);
    expect(await rights()).toMatchObject({ status: "ok" });

    const queue = reportOf(await start({ connectionString: guest.url }).check(), "queue");
    expect(queue).toMatchObject({ message: expect.stringContaining("USAGE on rollcall_queue") });
  } finally {
    await db.$disconnect();
  }
});

test("a pending migration is found, and fix applies it", async () => {
  await sql("delete from rollcall.migration");
  expect(reportOf(await start().check(), "migrations")).toMatchObject({
    status: "finding",
    message: expect.stringContaining("create tables"),
    remedy: "npx rollcall migrate",
  });
  expect(reportOf(await start().check({ fix: true }), "migrations")).toMatchObject({ status: "ok" });
});

test("missing indexes are found, and fix creates them", async () => {
  const indexes = async () =>
    (await sql(`select indexdef from pg_indexes where schemaname = 'rollcall' order by 1`)).rows;
  const before = await indexes();
  await sql(`drop index rollcall."SyncRun_active_key"; drop index rollcall."ClerkUser_liveEmail_idx"`);
  expect(reportOf(await start().check(), "indexes")).toMatchObject({
    status: "finding",
    remedy: expect.stringMatching(/ClerkUser_liveEmail_idx[\s\S]*SyncRun_active_key/),
  });
  expect(reportOf(await start().check({ fix: true }), "indexes")).toMatchObject({ status: "ok" });
  expect(await indexes()).toEqual(before);
});

test("one report names every wrong column, with its statement, and no other check breaks", async () => {
  await sql(
    `alter table "User" drop column image, add column slug text not null default 'x'; alter table "User" alter column slug drop default`,
  );
  const reports = await start().check();
  await sql(`alter table "User" drop column slug, add column image text`);
  expect(wrong(reports)).toEqual(["columns"]);
  expect(reportOf(reports, "columns")).toMatchObject({
    message: expect.stringMatching(/"User"\."image" is missing: ALTER TABLE[\s\S]*"User"\."slug" is neither/),
  });
  expect(reportOf(reports, "unsynced")).toMatchObject({ status: "skipped" });
});

test("duplicates that forbid a unique index are counted", async () => {
  await sql(
    `drop index "User_email_key"; insert into "User" (id, email) select 'own-' || n, 'twice@example.com' from generate_series(1, 3) n`,
  );
  const reports = await start().check();
  await sql(`delete from "User" where id like 'own-%'; create unique index "User_email_key" on "User" (email)`);
  expect(wrong(reports)).toEqual(["columns", "duplicates"]);
  expect(reportOf(reports, "duplicates")).toMatchObject({
    message: `3 rows share 1 value of "User"."email": it cannot become unique.`,
  });
});

test.skipIf(!hasPgBouncer)("a pooler of transactions is recognized", async () => {
  await using pooler = await startPgBouncer(mirror.host.url);
  expect(reportOf(await start({ connectionString: pooler.url }).check(), "worker-connection")).toMatchObject({
    status: "finding",
    severity: "warning",
    message: expect.stringContaining("pooler"),
  });
});

test("a key that Clerk refuses and one of another instance have different findings", async () => {
  const { clerk } = mirror;
  const refused = await start({ clerk: { secretKey: "sk_live_wrong", apiUrl: clerk.url } }).check();
  expect(reportOf(refused, "clerk-key")).toMatchObject({ status: "finding", message: "Clerk refused the key." });
  expect(reportOf(refused, "instance")).toMatchObject({ status: "skipped" });

  await sql(`update rollcall."ClerkInstance" set id = 'ins_other'`);
  const other = await start().check();
  await sql(`update rollcall."ClerkInstance" set id = '${clerk.instanceId}'`);
  expect(reportOf(other, "clerk-key")).toMatchObject({
    status: "ok",
    message: expect.stringContaining(clerk.instanceId),
  });
  expect(reportOf(other, "instance")).toMatchObject({
    status: "finding",
    message: expect.stringMatching(new RegExp(`${clerk.instanceId}.*ins_other`)),
    remedy: expect.stringContaining("npx rollcall adopt"),
  });
});

test("a token without the claim is found by the process that saw it", async () => {
  const rollcall = start();
  const [{ id: userId }] = (await sql(`select id from "User" limit 1`)).rows;
  const caller = { userId, tokenIssuedAt: new Date(), role: null };
  await rollcall.ensureFresh({ ...caller, userUpdatedAt: null });
  expect(reportOf(await rollcall.check(), "session-claims")).toMatchObject({ status: "finding" });
  await rollcall.ensureFresh({ ...caller, userUpdatedAt: new Date() });
  expect(reportOf(await rollcall.check(), "session-claims")).toMatchObject({ status: "ok" });
});

test("a missing webhook secret is found, and an invalid one", async () => {
  const { secretKey, url: apiUrl } = mirror.clerk;
  const secret = async (webhookSigningSecret?: string) =>
    reportOf(await start({ clerk: { secretKey, apiUrl, webhookSigningSecret } }).check(), "webhook-secret");
  expect(await secret()).toMatchObject({ status: "finding", severity: "warning" });
  expect(await secret("sk_test_x")).toMatchObject({ status: "finding", severity: "error" });
});

test("a dead webhook, unusable deliveries, rows that were not synced and a failed run are found", async () => {
  await sql(`insert into rollcall."SyncEvent" (id, source, type, outcome, "firstSeenAt", "lastSeenAt")
    select 'read-' || n, 'read'::rollcall."EventSource", 'user.updated', 'updated', now(), now() from generate_series(1, 3) n
    union all select 'msg_1', 'webhook', 'user.updated', 'failed', now() - interval '1 hour', now() - interval '1 hour'`);
  await sql(`insert into "User" (id) values ('user_Unsynced')`);
  await sql(`update rollcall."SyncRun" set state = 'failed'`);
  const reports = await start().check();
  await sql(
    `delete from rollcall."SyncEvent"; delete from "User" where id = 'user_Unsynced'; update rollcall."SyncRun" set state = 'done'`,
  );
  expect(wrong(reports)).toEqual(["deliveries", "usable-deliveries", "unsynced", "runs"]);
  expect(reportOf(reports, "deliveries")).toMatchObject({ message: expect.stringContaining("3 changes") });
  expect(reportOf(reports, "unsynced")).toMatchObject({ message: expect.stringMatching(/^1 rows/) });
});

describe("effects", () => {
  const outbox = (rows: string) =>
    sql(
      `insert into rollcall."SyncEffect" (type, "userId", version, "occurredAt", "runAt", attempts, "deadAt") values ${rows}`,
    );
  afterEach(() => sql(`delete from rollcall."SyncEffect"`));

  test("that are due for more than an hour are an error, by type, with what to do", async () => {
    await outbox(`('user.created', 'user_A', 1, now(), now() - interval '61 minutes', 0, null),
      ('user.deleted', 'user_B', 1, now(), now() - interval '59 minutes', 0, null)`);
    expect(reportOf(await start().check(), "effects")).toMatchObject({
      status: "finding",
      severity: "error",
      message: expect.stringContaining("(user.created: 1)"),
      remedy: expect.stringMatching(/rollcall worker[\s\S]*effects --forget user\.created$/),
    });
  });

  test("a user.updated that waits for the next attempt of their user.created is not overdue", async () => {
    await outbox(`('user.created', 'user_A', 1, now(), now() + interval '2 hours', 9, null),
      ('user.updated', 'user_A', 1, now(), now() - interval '5 hours', 0, null)`);
    expect(reportOf(await start().check(), "effects")).toMatchObject({ status: "ok" });
  });

  test("that failed for a day are a warning, with the commands that show and retry them", async () => {
    await outbox(`('user.created', 'user_A', 1, now(), now() - interval '2 days', 20, now())`);
    const reports = await start().check();
    expect(reportOf(reports, "effects")).toMatchObject({ status: "ok" });
    expect(reportOf(reports, "dead-effects")).toMatchObject({
      status: "finding",
      severity: "warning",
      message: expect.stringMatching(/: 1\.$/),
      remedy: expect.stringMatching(/effects --dead[\s\S]*effects --retry/),
    });
  });
});
