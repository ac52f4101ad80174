import { createClient } from "@rollcall/db/client";
import type { TestDatabase } from "@rollcall/dev-stack/testing";
import { createRollcall, type EffectHandlers, type RollcallOptions, type UserCreated } from "@rollcall/sync";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Clerk, startClerk } from "./app/clerk.ts";
import { createDatabaseWithQueue } from "./app/database.ts";
import { CRON_SECRET, type HandlingProcess, startHandling } from "./app/handling-process.ts";
import { asShown } from "./app/rows.ts";

let database: TestDatabase;
let clerk: Clerk;
let sql: pg.Pool;

beforeAll(async () => {
  database = await createDatabaseWithQueue();
  clerk = await startClerk();
  sql = new pg.Pool({ connectionString: database.url });
});
beforeEach(async () => {
  await clerk.webhooks({ url: null, repeat: 0 });
  await sql.query(`truncate rollcall."SyncEffect", rollcall."SyncEffectType", rollcall."SyncRun" cascade`);
});
afterAll(async () => {
  await clerk[Symbol.asyncDispose]();
  await sql.end();
  await database[Symbol.asyncDispose]();
});

async function start(effects: EffectHandlers, options?: Partial<RollcallOptions>): Promise<HandlingProcess> {
  const process = await startHandling(clerk, database.url, effects, options);
  await process.rollcall.effects.deliver(); // registers the handlers
  return process;
}
const pushTo = ({ url }: HandlingProcess, settings = {}) =>
  clerk.webhooks({ url: `${url}/api/rollcall/webhook`, ...settings });
const keyOf = async (id: string) => `user.created:${id}:${(await clerk.user(id)).created_at}`;
const admin = async (at: HandlingProcess) => at.caller((await clerk.signIn(clerk.adminUserId)).token).sync;

/** A handler that notes what it gets, and then does what the test says. */
function noting(work: (effect: UserCreated) => Promise<unknown> = async () => {}) {
  const got: UserCreated[] = [];
  const handle = async (effect: UserCreated) => {
    got.push(effect);
    await work(effect);
  };
  return { got, handle, keys: () => got.map(({ key }) => key) };
}

/** A handler's work that lasts until the test ends it. */
function hanging() {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { ended, end: () => end() };
}

describe("a sign-up calls the handler once, with the user's row and a key that repeats never change", () => {
  test("by the webhook, even if Clerk delivers twice", async () => {
    const { got, handle, keys } = noting();
    await using process = await start({ "user.created": handle });
    await pushTo(process, { repeat: 1 });
    const id = await clerk.newUser();
    await clerk.untilDelivered();
    await expect.poll(() => got.length).toBeGreaterThan(0);
    await process.rollcall.effects.deliver();
    expect(keys()).toEqual([await keyOf(id)]);
    expect(got[0]?.user).toMatchObject({ clerkId: id, email: asShown(await clerk.user(id)).email });
  });

  test("by the user's first call, which does not wait for the handler", async () => {
    const { ended, end } = hanging();
    const { handle, keys } = noting(() => ended);
    await using process = await start({ "user.created": handle });
    const id = await clerk.newUser();
    expect(await process.caller((await clerk.signIn(id)).token).whoami()).toMatchObject({ clerkId: id });
    await expect.poll(keys).toEqual([await keyOf(id)]);
    end();
    await process.rollcall.effects.deliver();
    expect(keys()).toHaveLength(1);
  });

  test("by a run of a process without handlers, once a process with handlers delivers", async () => {
    const { handle, keys } = noting();
    await using process = await start({ "user.created": handle });
    const [ann = "", bob = ""] = await clerk.newUsers(2);
    const { secretKey, url: apiUrl } = clerk;
    const db = createClient(database.url);
    const { runs, effects } = createRollcall({ db, connectionString: database.url, clerk: { secretKey, apiUrl } });
    const { runId } = await runs.start({ startedBy: "sync:all" });
    await runs.work({ runId });
    expect(await effects.deliver()).toEqual({ delivered: 0, failed: 0 });
    await db.$disconnect();
    expect(keys()).toEqual([]);
    await process.rollcall.effects.deliver();
    expect(keys().toSorted()).toEqual([await keyOf(ann), await keyOf(bob)].toSorted());
  });
});

test("a handler that throws and one that hangs delay neither a later sign-up nor the webhook's answers", async () => {
  const { ended, end } = hanging();
  const work: Record<string, () => Promise<unknown>> = {};
  const { got, handle } = noting(async ({ userId }) => work[userId]?.());
  await using process = await start({ "user.created": handle });
  const [broken = "", slow = ""] = await clerk.newUsers(2);
  work[broken] = () => Promise.reject(new Error("the other service is away"));
  work[slow] = () => ended;
  for (const id of [broken, slow]) await process.caller((await clerk.signIn(id)).token).whoami();
  await expect.poll(() => got.map(({ userId }) => userId).toSorted()).toEqual([broken, slow].toSorted());
  await pushTo(process);
  const later = await clerk.newUser();
  await clerk.untilDelivered();
  await expect.poll(() => got.at(-1)?.userId, { timeout: 10_000 }).toBe(later);
  await expect
    .poll(() => process.rollcall.effects.list({ state: "pending", cursor: null, limit: 10 }))
    .toMatchObject({
      items: [
        { userId: slow, lastError: null },
        { userId: broken, attempts: 1, lastError: "Error: the other service is away" },
      ],
    });
  end();
  await process.rollcall.effects.deliver();
  expect(got).toHaveLength(3);
});

test("a deletion's handler with a delay is called when that has passed, not before", async () => {
  const deleted: string[] = [];
  await using process = await start({
    "user.deleted": { delayMs: 3_600_000, run: async ({ userId }) => deleted.push(userId) },
  });
  await pushTo(process);
  const id = await clerk.newUser();
  await clerk.untilDelivered(); // two deliveries at the same time may arrive in either order
  await clerk.deleteUser(id);
  await clerk.untilDelivered();
  await process.rollcall.effects.deliver();
  expect(deleted).toEqual([]);
  const page = await process.rollcall.effects.list({ state: "pending", cursor: null, limit: 2 });
  const effect = page?.items[0];
  expect(effect).toMatchObject({ type: "user.deleted", userId: id });
  expect((effect?.runAt.getTime() ?? 0) - (effect?.occurredAt.getTime() ?? 0)).toBeGreaterThan(3_599_000);
  await sql.query(`update rollcall."SyncEffect" set "runAt" = now()`);
  await process.rollcall.effects.deliver();
  expect(deleted).toEqual([id]);
});

test("outside a request, where Next's `after` throws, a write succeeds and its handler is called", async () => {
  const { handle, keys } = noting();
  const after = () => {
    throw new Error("`after` was called outside a request scope");
  };
  await using process = await start({ "user.created": handle }, { afterAnswer: () => ({ after }) });
  const id = await clerk.newUser();
  expect(await process.rollcall.syncUser(id)).toMatchObject({ outcome: "created" });
  await expect.poll(keys).toEqual([await keyOf(id)]);
});

test("a process with another instance's key, such as a preview on a copy of the database, delivers nothing", async () => {
  await using elsewhere = await startClerk();
  const { handle, got } = noting();
  await using process = await start({ "user.created": handle }, { afterAnswer: () => ({ after: () => {} }) });
  await process.rollcall.syncUser(await clerk.newUser());
  await using preview = await startHandling(elsewhere, database.url, { "user.created": handle });
  await expect(preview.rollcall.effects.deliver()).rejects.toMatchObject({ code: "INSTANCE_REFUSED" });
  expect(await process.rollcall.effects.summary()).toMatchObject({ pending: 1 });
  expect(got).toEqual([]);
});

describe("a call of the cron route delivers", () => {
  const callCron = ({ url }: HandlingProcess) =>
    fetch(`${url}/api/rollcall/cron`, { headers: { authorization: `Bearer ${CRON_SECRET}` } });

  /** Adds an effect that the process itself did not deliver. */
  async function signUpElsewhere(): Promise<string> {
    const id = await clerk.newUser();
    await using other = await start({ "user.created": async () => {} }, { afterAnswer: () => ({ after: () => {} }) });
    await other.rollcall.syncUser(id);
    return id;
  }

  test("what others left, and what its own run brings", async () => {
    const { handle, keys } = noting();
    await using process = await start({ "user.created": handle });
    const left = await signUpElsewhere();
    const brought = await clerk.newUser();
    expect((await callCron(process)).status).toBe(200);
    await expect
      .poll(() => keys().toSorted(), { timeout: 30_000 })
      .toEqual([await keyOf(left), await keyOf(brought)].toSorted());
  });

  test("even if the host has no connection for runs, and the answer says so", async () => {
    const { handle, keys } = noting();
    await using process = await start({ "user.created": handle }, { connectionString: undefined });
    const left = await signUpElsewhere();
    const answer = await callCron(process);
    expect({ status: answer.status, body: await answer.json() }).toMatchObject({
      status: 500,
      body: { error: { code: "NOT_CONFIGURED" } },
    });
    await expect.poll(keys).toEqual([await keyOf(left)]);
  });

  test("nothing without the secret", async () => {
    const { handle, got } = noting();
    await using process = await start({ "user.created": handle });
    await signUpElsewhere();
    expect((await fetch(`${process.url}/api/rollcall/cron`)).status).toBe(401);
    expect(await process.rollcall.effects.summary()).toMatchObject({ pending: 1 });
    expect(got).toEqual([]);
  });
});

describe("an admin", () => {
  const outbox = (count: number, deadAt: string) =>
    sql.query(
      `insert into rollcall."SyncEffect" (type, "userId", version, "occurredAt", "runAt", attempts, "lastError", "deadAt")
       select 'user.created', 'user_' || n, 1, now(), date_trunc('second', now()), 20, 'Error: no', ${deadAt} from generate_series(1, ${count}) n`,
    );

  test("pages through the pending and the dead effects to the last one", async () => {
    await using process = await start({});
    const sync = await admin(process);
    await outbox(5, "case when n > 2 then date_trunc('second', now()) end");
    expect(await sync.effects({ state: "pending" })).toMatchObject({
      summary: { pending: 2, dead: 3, types: [] },
      items: [{ userId: "user_1" }, { userId: "user_2" }],
      nextCursor: null,
    });
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof sync.effects>> = await sync.effects({ state: "dead", limit: 2, cursor });
      seen.push(...page.items.map(({ userId }) => userId));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(["user_3", "user_4", "user_5"]);
  });

  test.each([
    ["text", "nonsense"],
    ["JSON of another form", Buffer.from('["now", "user.created", 1]').toString("base64url")],
    ["a time that is none", Buffer.from('[1e300, "user.created", "user_1"]').toString("base64url")],
    ["an unknown type", Buffer.from('[1, "user.renamed", "user_1"]').toString("base64url")],
    ["too long", "a".repeat(601)],
  ])("gets BAD_REQUEST for a cursor that no page gave: %s", async (_, cursor) => {
    await using process = await start({});
    await expect((await admin(process)).effects({ state: "dead", cursor })).rejects.toMatchObject({
      code: "BAD_REQUEST",
    });
  });

  test("reads one user's effects, whatever became of them", async () => {
    const { handle } = noting(() => Promise.reject(new Error("the other service is away")));
    await using process = await start({ "user.created": handle, "user.updated": async () => {} });
    const [ann = "", bob = ""] = await clerk.newUsers(2);
    for (const id of [ann, bob]) await process.rollcall.syncUser(id);
    await process.rollcall.effects.deliver();
    const sync = await admin(process);
    const failed = { type: "user.created", userId: ann, attempts: 1, done: false, deadAt: null };
    expect(await sync.userEffects({ id: ann })).toMatchObject([
      { ...failed, key: await keyOf(ann), lastError: "Error: the other service is away" },
    ]);
    await sql.query(`update rollcall."SyncEffect" set "doneVersion" = version, "lastError" = null`);
    expect(await sync.userEffects({ id: ann })).toMatchObject([{ ...failed, done: true, lastError: null }]);
    expect(await sync.userEffects({ id: clerk.adminUserId })).toEqual([]);
    await expect(sync.userEffects({ id: "ann" })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  });

  test("retries one effect, then all, and this process delivers them", async () => {
    const { got, handle } = noting();
    await using process = await start({ "user.created": handle });
    const ids = await clerk.newUsers(3);
    for (const id of ids) await process.rollcall.syncUser(id);
    await process.rollcall.effects.deliver();
    await sql.query(`update rollcall."SyncEffect" set "doneVersion" = null, attempts = 20, "deadAt" = now()`);
    got.length = 0;
    const sync = await admin(process);
    const [userId = ""] = ids;
    expect(await sync.retryEffect({ type: "user.created", userId })).toEqual({ retried: 1 });
    await expect.poll(() => got.map((effect) => effect.userId)).toEqual([userId]);
    expect(await sync.retryEffect()).toEqual({ retried: 2 });
    await expect.poll(() => got.map((effect) => effect.userId).toSorted()).toEqual(ids.toSorted());
    await expect(sync.retryEffect(JSON.parse('{"type": "user.renamed", "userId": "x"}'))).rejects.toMatchObject({
      code: "BAD_REQUEST",
    });
  });
});

test("health and status do not depend on the outbox", async () => {
  await using process = await start({});
  const sync = await admin(process);
  await sync.status(); // writes the admin's row
  const before = await process.rollcall.health();
  await sql.query(`alter table rollcall."SyncEffect" rename to "Gone"`);
  await using other = await start({});
  const after = await other.rollcall.health();
  const { me, directory } = await sync.status();
  await sql.query(`alter table rollcall."Gone" rename to "SyncEffect"`);
  expect(after.status).toBe(before.status);
  expect({ state: me.state, directory }).toMatchObject({ state: "fresh", directory: { live: expect.any(Number) } });
});
