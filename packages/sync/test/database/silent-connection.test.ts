import { afterEach, beforeEach, expect, test } from "vitest";
import { type Caller, createRollcall, type Rollcall } from "../../src/index.ts";
import type { HostDatabase } from "../driver.ts";
import { openDatabase } from "../open-database.ts";
import { between, isWalks } from "../runs/between.ts";
import { type Mirror, openMirror } from "../runs/mirror.ts";
import { signal } from "../runs/signal.ts";
import { signedDelivery } from "../webhook/signed-delivery.ts";
import { type Gate, openGate } from "../write-path/gate.ts";

const SECOND = 1_000;
const LOADED = 2 * SECOND; // a machine with other work to do

let mirror: Mirror;
let gate: Gate;
let users: string[];
let opened: HostDatabase[];
beforeEach(async () => {
  mirror = await openMirror({ users: 3 });
  gate = await openGate(mirror.host.url);
  users = (await mirror.listed()).map(({ id }) => id);
  opened = [];
});
afterEach(async () => {
  await gate[Symbol.asyncDispose]();
  for (const database of opened) await database[Symbol.asyncDispose]();
  await mirror[Symbol.asyncDispose]();
});

/** A process of an application whose client has no limit of its own on anything. */
const hosts = (apiUrl?: string): Rollcall =>
  rollcallOver(openDatabase(gate.url, { connections: 20, connectMs: 0 }), apiUrl);
/** A process whose client has limits. */
const own = (): Rollcall => rollcallOver(openDatabase(gate.url, { connections: 5, connectMs: 3_000, queryMs: 10_000 }));

function rollcallOver(db: HostDatabase, apiUrl = mirror.clerk.url): Rollcall {
  opened.push(db);
  const { secretKey, webhookSigningSecret } = mirror.clerk;
  return createRollcall({ db, connectionString: gate.url, clerk: { secretKey, apiUrl, webhookSigningSecret } });
}

/** A caller with a token of this moment, who changed at this moment: nothing that is known of them is current. */
function changed(userId = users[0] ?? ""): Caller {
  const now = new Date(Date.now() + 60 * SECOND);
  return { userId, tokenIssuedAt: now, userUpdatedAt: now, role: null };
}

async function timed<T>(work: Promise<T>): Promise<{ result: T; ms: number }> {
  const from = performance.now();
  return { result: await work, ms: performance.now() - from };
}

const deliver = async (rollcall: Rollcall, userId = users[0] ?? "") =>
  rollcall.handleWebhook(
    signedDelivery(mirror.clerk, {
      type: "user.deleted",
      data: { id: userId, object: "user", deleted: true },
    }),
  );

test("a caller whose connection falls silent goes on with what is known, within 3 s of each question", async () => {
  const rollcall = hosts();
  expect(await rollcall.ensureFresh(changed())).toMatchObject({ state: "fresh" });
  gate.swallow();
  const { result, ms } = await timed(rollcall.ensureFresh(changed()));
  expect(result).toMatchObject({ state: "stale", source: "memory", errorCode: "DATABASE_UNREACHABLE" });
  expect(ms).toBeLessThan(3 * SECOND + LOADED);
});

test("callers who come while the connection is silent do not wait for each other forever", async () => {
  const rollcall = hosts();
  await rollcall.ensureFresh(changed());
  gate.swallow();
  const { result, ms } = await timed(Promise.all(Array.from({ length: 5 }, () => rollcall.ensureFresh(changed()))));
  expect(result.map(({ state }) => state)).toEqual(Array(5).fill("stale"));
  expect(ms).toBeLessThan(2 * 3 * SECOND + LOADED);
});

test("the first write of a process that meets a silent connection does not stop its later ones", {
  timeout: 40_000,
}, async () => {
  const rollcall = hosts();
  await mirror.host.prisma.$queryRaw`select 1`;
  await rollcall.runs.list({ before: null, limit: 1 }); // connected, and has not looked at the tables
  gate.swallow();
  const first = rollcall.ensureFresh(changed());
  const byHand = rollcall.applySnapshots([]).catch((error: unknown) => error);
  expect(await first).toMatchObject({ state: "unpersisted", errorCode: "DATABASE_UNREACHABLE" });
  expect(await byHand).toMatchObject({ code: "DATABASE_UNREACHABLE" });
  gate.open();
  await expect.poll(() => rollcall.ensureFresh(changed()), { timeout: 20 * SECOND }).toMatchObject({ state: "fresh" });
});

test("the same user is served again after the database is back, without a restart", { timeout: 40_000 }, async () => {
  const rollcall = own();
  await rollcall.ensureFresh(changed());
  gate.swallow();
  expect(await rollcall.ensureFresh(changed())).toMatchObject({ state: "stale" });
  gate.open();
  await expect
    .poll(() => rollcall.ensureFresh(changed()), { timeout: 20 * SECOND })
    .toMatchObject({ state: "fresh", source: "clerk" });
});

test("a webhook on a silent connection is answered 503 within 10 s, and accepted when it comes again", {
  timeout: 40_000,
}, async () => {
  const rollcall = hosts();
  await rollcall.ensureFresh(changed());
  expect((await deliver(rollcall, users[1])).status).toBe(200);
  gate.swallow();
  const { result, ms } = await timed(deliver(rollcall));
  expect(result.status).toBe(503);
  expect(ms).toBeLessThan(10 * SECOND);
  gate.open();
  expect((await deliver(own())).status).toBe(200);
});

test("a sync that a user asked for on a silent connection ends within 10 s, and so does the next one", {
  timeout: 40_000,
}, async () => {
  const rollcall = hosts();
  await rollcall.ensureFresh(changed());
  gate.swallow();
  for (let call = 0; call < 2; call++) {
    const { result, ms } = await timed(rollcall.syncMe(changed()).catch((error: unknown) => error));
    expect(result).toMatchObject({ code: "DATABASE_UNREACHABLE" });
    expect(ms).toBeLessThan(10 * SECOND + LOADED);
  }
});

test("health says within seconds that a silent database is down", async () => {
  expect(await hosts().health()).toMatchObject({ database: "ok" });
  gate.swallow();
  const { result, ms } = await timed(hosts().health());
  expect(result).toMatchObject({ status: "down", database: "down" });
  expect(ms).toBeLessThan(3 * SECOND + LOADED);
});

test("the status is answered again after the database is back: a count that got no answer is not shared for good", {
  timeout: 60_000,
}, async () => {
  const rollcall = hosts();
  await rollcall.ensureFresh(changed());
  gate.swallow();
  await expect(rollcall.status()).rejects.toMatchObject({ code: "DATABASE_UNREACHABLE" });
  gate.open();
  await expect
    .poll(() => rollcall.status().catch((error: unknown) => error), { timeout: 25 * SECOND })
    .toMatchObject({ live: 1 });
});

test("a table that is locked for long does not block callers, who are served again after it", {
  timeout: 40_000,
}, async () => {
  const rollcall = own();
  await rollcall.ensureFresh(changed());
  const migration = await mirror.host.sql.connect();
  await migration.query(`begin; lock table "User"`);
  const calls = await timed(Promise.all(users.map((id) => rollcall.ensureFresh(changed(id)))));
  await migration.query("commit");
  migration.release();
  expect(calls.result.map(({ state }) => state)).toEqual(["stale", "unpersisted", "unpersisted"]);
  expect(calls.ms).toBeLessThan(3 * SECOND + LOADED);
  for (const id of users) expect(await rollcall.ensureFresh(changed(id))).toMatchObject({ state: "fresh" });
});

test("a worker whose connections fall silent stops when it is told to, within 10 s", { timeout: 40_000 }, async () => {
  const { runId } = await mirror.rollcall().runs.start({ startedBy: "test" });
  const silent = signal();
  await using clerk = await between(mirror.clerk.url, async (question, ask) => {
    if (isWalks(question)) {
      gate.swallow();
      silent.give();
    }
    return ask();
  });
  const stop = new AbortController();
  const worker = hosts(clerk.url).runs.work({ runId, signal: stop.signal });
  await silent.given;
  stop.abort();
  const { ms } = await timed(Promise.allSettled([worker]));
  expect(ms).toBeLessThan(8 * SECOND + LOADED);
  await mirror.host.sql.query(`update rollcall_queue.job set started_on = started_on - interval '31 s'`);
  gate.open();
  await own().runs.work({ runId });
  expect((await mirror.rollcall().runs.get(runId))?.report).toMatchObject({ state: "done", seen: 3, failed: 0 });
});

test("a worker that is not stopped reports that the database is silent", { timeout: 60_000 }, async () => {
  const { runId } = await mirror.rollcall().runs.start({ startedBy: "test" });
  await using clerk = await between(mirror.clerk.url, async (question, ask) => {
    if (isWalks(question)) gate.swallow();
    return ask();
  });
  const { result, ms } = await timed(
    hosts(clerk.url)
      .runs.work({ runId })
      .catch((error: unknown) => error),
  );
  expect(result).toMatchObject({ code: "DATABASE_UNREACHABLE" });
  expect(ms).toBeLessThan(40 * SECOND);
});
