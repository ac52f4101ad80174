import { type Gate, openGate } from "@rollcall/dev-stack/testing/gate";
import { test, vi } from "vitest";
import { type Caller, createRollcall, type Rollcall } from "../../src/index.ts";
import type { HostDatabase } from "../driver.ts";
import { openDatabase } from "../open-database.ts";
import { between, isWalks } from "../runs/between.ts";
import { type Mirror, openMirror } from "../runs/mirror.ts";
import { signal } from "../runs/signal.ts";
import { signedDelivery } from "../webhook/signed-delivery.ts";

const SECOND = 1_000;
const LOADED = 2 * SECOND; // a machine with other work to do

/** A mirror whose connections can go silent, and processes that use it. Tests mostly wait: each has its own, beside the others. */
interface Scene extends AsyncDisposable {
  mirror: Mirror;
  gate: Gate;
  /** Their ids. */
  users: string[];
  /** A process of an application whose client has no time limits. */
  hosts(apiUrl?: string): Rollcall;
  /** A process whose client has time limits. */
  own(): Rollcall;
  /** A caller with a token of this moment, who changed at this moment: nothing that is known of them is current. */
  changed(userId?: string): Caller;
  /** Waits until the caller was synced, so that something is known of them. */
  untilKnown(rollcall: Rollcall): Promise<void>;
  deliver(rollcall: Rollcall, userId?: string): Promise<Response>;
}

async function openScene(): Promise<Scene> {
  const mirror = await openMirror({ users: 3 });
  const gate = await openGate(mirror.host.url);
  const users = (await mirror.listed()).map(({ id }) => id);
  const opened: HostDatabase[] = [];
  function rollcallOver(db: HostDatabase, apiUrl = mirror.clerk.url): Rollcall {
    opened.push(db);
    const { secretKey, webhookSigningSecret } = mirror.clerk;
    return createRollcall({ db, connectionString: gate.url, clerk: { secretKey, apiUrl, webhookSigningSecret } });
  }
  const changed = (userId = users[0] ?? ""): Caller => {
    const now = new Date(Date.now() + 60 * SECOND);
    return { userId, tokenIssuedAt: now, userUpdatedAt: now, role: null };
  };
  return {
    mirror,
    gate,
    users,
    changed,
    untilKnown: (rollcall) =>
      vi.waitFor(
        async () => {
          const { state } = await rollcall.ensureFresh(changed());
          if (state !== "fresh") throw new Error(`the caller is ${state}`);
        },
        { timeout: 20 * SECOND },
      ),
    hosts: (apiUrl) => rollcallOver(openDatabase(gate.url, { connections: 20, connectMs: 0 }), apiUrl),
    own: () => rollcallOver(openDatabase(gate.url, { connections: 5, connectMs: 3_000, queryMs: 10_000 })),
    deliver: (rollcall, userId = users[0] ?? "") =>
      rollcall.handleWebhook(
        signedDelivery(mirror.clerk, {
          type: "user.deleted",
          data: { id: userId, object: "user", deleted: true },
        }),
      ),
    async [Symbol.asyncDispose]() {
      await gate[Symbol.asyncDispose]();
      for (const database of opened) await database[Symbol.asyncDispose]();
      await mirror[Symbol.asyncDispose]();
    },
  };
}

async function timed<T>(work: Promise<T>): Promise<{ result: T; ms: number }> {
  const from = performance.now();
  return { result: await work, ms: performance.now() - from };
}

test.concurrent("a caller whose connection goes silent continues with the known data, within 3 s of each query", async ({
  expect,
}) => {
  await using scene = await openScene();
  const { gate, hosts, changed, untilKnown } = scene;
  const rollcall = hosts();
  await untilKnown(rollcall);
  gate.swallow();
  const { result, ms } = await timed(rollcall.ensureFresh(changed()));
  expect(result).toMatchObject({ state: "stale", source: "memory", errorCode: "DATABASE_UNREACHABLE" });
  expect(ms).toBeLessThan(3 * SECOND + LOADED);
});

test.concurrent("callers who come while the connection is silent do not wait for each other forever", async ({
  expect,
}) => {
  await using scene = await openScene();
  const { gate, hosts, changed, untilKnown } = scene;
  const rollcall = hosts();
  await untilKnown(rollcall);
  gate.swallow();
  const { result, ms } = await timed(Promise.all(Array.from({ length: 5 }, () => rollcall.ensureFresh(changed()))));
  expect(result.map(({ state }) => state)).toEqual(Array(5).fill("stale"));
  expect(ms).toBeLessThan(2 * 3 * SECOND + LOADED);
});

test.concurrent("a process's first write on a silent connection does not block later ones", async ({ expect }) => {
  await using scene = await openScene();
  const { mirror, gate, hosts, changed } = scene;
  const rollcall = hosts();
  await mirror.host.prisma.$queryRaw`select 1`;
  await rollcall.runs.list({ before: null, limit: 1 }); // connected, but has not checked the tables
  gate.swallow();
  const first = rollcall.ensureFresh(changed());
  const byHand = rollcall.applySnapshots([]).catch((error: unknown) => error);
  expect(await first).toMatchObject({ state: "unpersisted", errorCode: "DATABASE_UNREACHABLE" });
  expect(await byHand).toMatchObject({ code: "DATABASE_UNREACHABLE" });
  gate.open();
  await expect.poll(() => rollcall.ensureFresh(changed()), { timeout: 20 * SECOND }).toMatchObject({ state: "fresh" });
});

test.concurrent("the same user is served again after the database is back, without a restart", async ({ expect }) => {
  await using scene = await openScene();
  const { gate, own, changed, untilKnown } = scene;
  const rollcall = own();
  await untilKnown(rollcall);
  gate.swallow();
  expect(await rollcall.ensureFresh(changed())).toMatchObject({ state: "stale" });
  gate.open();
  await expect
    .poll(() => rollcall.ensureFresh(changed()), { timeout: 20 * SECOND })
    .toMatchObject({ state: "fresh", source: "clerk" });
});

test.concurrent("a webhook on a silent connection gets 503 within 10 s, and is accepted when delivered again", async ({
  expect,
}) => {
  await using scene = await openScene();
  const { gate, users, hosts, own, deliver, untilKnown } = scene;
  const rollcall = hosts();
  await untilKnown(rollcall);
  expect((await deliver(rollcall, users[1])).status).toBe(200);
  gate.swallow();
  const { result, ms } = await timed(deliver(rollcall));
  expect(result.status).toBe(503);
  expect(ms).toBeLessThan(10 * SECOND);
  gate.open();
  expect((await deliver(own())).status).toBe(200);
});

test.concurrent("a sync that a user requested on a silent connection ends within 10 s, and so does the next one", async ({
  expect,
}) => {
  await using scene = await openScene();
  const { gate, hosts, changed, untilKnown } = scene;
  const rollcall = hosts();
  await untilKnown(rollcall);
  gate.swallow();
  for (let call = 0; call < 2; call++) {
    const { result, ms } = await timed(rollcall.syncMe(changed()).catch((error: unknown) => error));
    expect(result).toMatchObject({ code: "DATABASE_UNREACHABLE" });
    expect(ms).toBeLessThan(10 * SECOND + LOADED);
  }
});

test.concurrent("health says within seconds that a silent database is down", async ({ expect }) => {
  await using scene = await openScene();
  const { gate, hosts } = scene;
  expect(await hosts().health()).toMatchObject({ database: "ok" });
  gate.swallow();
  const { result, ms } = await timed(hosts().health());
  expect(result).toMatchObject({ status: "down", database: "down" });
  expect(ms).toBeLessThan(3 * SECOND + LOADED);
});

test.concurrent("the status works again after the database is back: a count without an answer is not shared forever", async ({
  expect,
}) => {
  await using scene = await openScene();
  const { gate, hosts, untilKnown } = scene;
  const rollcall = hosts();
  await untilKnown(rollcall);
  gate.swallow();
  await expect(rollcall.status()).rejects.toMatchObject({ code: "DATABASE_UNREACHABLE" });
  gate.open();
  await expect
    .poll(() => rollcall.status().catch((error: unknown) => error), { timeout: 25 * SECOND })
    .toMatchObject({ live: 1 });
});

test.concurrent("a table that is locked for long does not block callers, who are served again afterwards", async ({
  expect,
}) => {
  await using scene = await openScene();
  const { mirror, users, own, changed, untilKnown } = scene;
  const rollcall = own();
  await untilKnown(rollcall);
  const migration = await mirror.host.sql.connect();
  await migration.query(`begin; lock table "User"`);
  const calls = await timed(Promise.all(users.map((id) => rollcall.ensureFresh(changed(id)))));
  await migration.query("commit");
  migration.release();
  expect(calls.result.map(({ state }) => state)).toEqual(["stale", "unpersisted", "unpersisted"]);
  expect(calls.ms).toBeLessThan(3 * SECOND + LOADED);
  for (const id of users) expect(await rollcall.ensureFresh(changed(id))).toMatchObject({ state: "fresh" });
});

test.concurrent("a worker whose connections went silent stops within 10 s of the signal", async ({ expect }) => {
  await using scene = await openScene();
  const { mirror, gate, hosts, own } = scene;
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

test.concurrent("a worker that is not stopped reports that the database is silent", async ({ expect }) => {
  await using scene = await openScene();
  const { mirror, gate, hosts } = scene;
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
