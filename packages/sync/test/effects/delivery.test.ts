import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { deliverEffects } from "../../src/effects/deliver.ts";
import { createEffects } from "../../src/effects/effects.ts";
import { type EffectHandlers, readHandlers } from "../../src/effects/handlers.ts";
import { mirrorReader } from "../../src/freshness/mirror.ts";
import { createRollcall, type Effects, silent } from "../../src/index.ts";
import { at, type Host, openHost, snapshot } from "../write-path/host.ts";
import { ago, deliverAll, handle } from "./outbox.ts";

let host: Host;
beforeAll(async () => {
  host = await openHost();
});
beforeEach(async () => {
  await host.clear();
  await handle(host);
});
afterAll(() => host[Symbol.asyncDispose]());

/** A process with handlers. */
const start = (handlers: EffectHandlers): Effects =>
  createEffects({
    db: host.db,
    readMirror: mirrorReader(host.db, host.tables),
    handlers,
    afterAnswer: () => ({}),
    logger: silent,
  }).effects;

const signUp = (...ids: string[]) => host.apply(...ids.map((id) => snapshot(id, { createdAt: ago(60_000) })));
/** Lets the time pass until the next attempt is due. */
const waitForRetry = () =>
  host.sql.query(
    `update rollcall."SyncEffect" set "runAt" = clock_timestamp() where "doneVersion" is distinct from version`,
  );
const down = async () => {
  throw new TypeError("cannot mail ann@example.com");
};

test("a handler gets the user as they are at the delivery, and the key", async () => {
  const got: unknown[] = [];
  await signUp("user_Ann");
  await host.apply(snapshot("user_Ann", { name: "Later", updatedAt: at(1), createdAt: ago(60_000) }));
  const process = start({ "user.created": async ({ signal, ...effect }) => got.push(effect) });
  expect(await process.deliver()).toEqual({ delivered: 1, failed: 0 });
  expect(got).toEqual([
    {
      type: "user.created",
      key: expect.stringMatching(/^user\.created:user_Ann:\d+$/),
      userId: "user_Ann",
      occurredAt: expect.any(Date),
      user: expect.objectContaining({ clerkId: "user_Ann", email: "ann@example.com", name: "Later" }),
    },
  ]);
  expect(await process.deliver()).toEqual({ delivered: 0, failed: 0 });
});

test("a deletion's handler gets the id of the application's row", async () => {
  const got: unknown[] = [];
  await host.apply(snapshot("user_Ann"));
  await host.insertTombstones("user_Ann");
  await start({ "user.deleted": async ({ user }) => got.push(user) }).deliver();
  const column = host.mapping === "own ids" ? "pk" : "id";
  const { rows } = await host.sql.query(`select ${column}::text as id from "User"`);
  expect(got).toEqual([{ id: rows[0].id, clerkId: "user_Ann" }]);
});

test("a failed attempt is repeated later, with the same key, and stores no personal data", async () => {
  const keys: string[] = [];
  await signUp("user_Ann");
  const process = start({
    "user.created": async ({ key }) => {
      keys.push(key);
      if (keys.length === 1) await down();
    },
  });
  expect(await process.deliver()).toEqual({ delivered: 0, failed: 1 });
  expect(await process.deliver()).toEqual({ delivered: 0, failed: 0 }); // not due yet
  expect(await process.list({ state: "pending", cursor: null, limit: 10 })).toMatchObject({
    items: [{ userId: "user_Ann", attempts: 1, lastError: "TypeError: cannot mail <email>" }],
  });
  await waitForRetry();
  expect(await process.deliver()).toEqual({ delivered: 1, failed: 0 });
  expect(new Set(keys).size).toBe(1);
});

test("an effect that fails for a day is dead, listed, and delivered after a retry by a person", async () => {
  let isDown = true;
  await signUp("user_Ann", "user_Bob");
  const process = start({
    "user.created": ({ userId }) => (isDown && userId === "user_Ann" ? down() : Promise.resolve()),
  });
  for (let attempt = 0; attempt < 20; attempt++) {
    await process.deliver();
    await waitForRetry();
  }
  expect(await process.deliver()).toEqual({ delivered: 0, failed: 0 });
  expect(await process.summary()).toMatchObject({ pending: 0, dead: 1 });
  expect(await process.list({ state: "dead", cursor: null, limit: 10 })).toMatchObject({
    items: [{ type: "user.created", userId: "user_Ann", attempts: 20, deadAt: expect.any(Date) }],
    nextCursor: null,
  });
  isDown = false;
  expect(await process.retry({ type: "user.created", userId: "user_Ann" })).toBe(1);
  expect(await process.deliver()).toEqual({ delivered: 1, failed: 0 });
  expect(await process.ofUser("user_Ann")).toMatchObject([{ type: "user.created", done: true }]);
});

test("the pauses grow from 30 s to 2 h, and the twentieth attempt is made within 25 hours", async () => {
  await signUp("user_Ann");
  const process = start({ "user.created": down });
  let waited = 0;
  const pauses: number[] = [];
  for (let attempt = 1; attempt < 20; attempt++) {
    await process.deliver();
    const { rows } = await host.sql.query(
      `select extract(epoch from "runAt" - clock_timestamp())::float8 as wait from rollcall."SyncEffect"`,
    );
    pauses.push(Math.round(rows[0].wait / 30) * 30);
    waited += rows[0].wait;
    await waitForRetry();
  }
  expect(pauses.slice(0, 4)).toEqual([30, 60, 120, 240]);
  expect(Math.max(...pauses)).toBe(7_200);
  expect(waited / 3_600).toBeGreaterThan(23);
  expect(waited / 3_600).toBeLessThan(25);
});

test("a handler that hangs counts as failed, its signal is aborted, and it delays no other effect", async () => {
  const handled: string[] = [];
  let aborted = false;
  await signUp("user_Ann", "user_Bob");
  const { handlers } = readHandlers({
    "user.created": ({ userId, signal }) => {
      if (userId === "user_Bob") return Promise.resolve(handled.push(userId));
      signal.addEventListener("abort", () => {
        aborted = true;
      });
      return new Promise(() => {});
    },
  });
  const parts = { db: host.db, readMirror: mirrorReader(host.db, host.tables), handlers, logger: silent };
  expect(await deliverEffects({ ...parts, handlerMs: 50 })).toEqual({ delivered: 1, failed: 1 });
  expect({ handled, aborted }).toEqual({ handled: ["user_Bob"], aborted: true });
});

test("two processes never deliver the same effect in parallel", async () => {
  const handled: string[] = [];
  await signUp(..."ABCDEFGHIJKLMNOPQRSTUVWXYZ".split("").map((letter) => `user_${letter}`));
  const one = () => start({ "user.created": async ({ userId }) => handled.push(userId) }).deliver();
  await Promise.all([one(), one(), one()]);
  expect(handled.toSorted()).toEqual([...new Set(handled)].toSorted());
  expect(handled).toHaveLength(26);
});

test("what a killed process had claimed is delivered by another a minute later", async () => {
  await signUp("user_Ann");
  await host.sql.query(
    `update rollcall."SyncEffect" set attempts = 1, "claimedUntil" = clock_timestamp() + interval '1 min'`,
  );
  const process = start({ "user.created": async () => {} });
  expect(await process.deliver()).toEqual({ delivered: 0, failed: 0 });
  await host.sql.query(`update rollcall."SyncEffect" set "claimedUntil" = clock_timestamp()`);
  expect(await process.deliver()).toEqual({ delivered: 1, failed: 0 });
});

test("an effect whose every attempt ends its process is dead, too", async () => {
  await signUp("user_Ann");
  await host.sql.query(`update rollcall."SyncEffect" set attempts = 20, "claimedUntil" = clock_timestamp()`);
  const process = start({ "user.created": async () => {} });
  expect(await process.deliver()).toEqual({ delivered: 0, failed: 0 });
  expect(await process.summary()).toMatchObject({ pending: 0, dead: 1 });
});

test("a change while the handler runs is delivered afterwards, with a new key", async () => {
  const keys: string[] = [];
  await host.apply(snapshot("user_Ann"));
  await host.apply(snapshot("user_Ann", { name: "One", updatedAt: at(1) }));
  const process = start({
    "user.updated": async ({ key }) => {
      keys.push(key);
      if (keys.length === 1) await host.apply(snapshot("user_Ann", { name: "Two", updatedAt: at(2) }));
    },
  });
  await process.deliver();
  expect(new Set(keys).size).toBe(2);
});

test("a user's user.updated waits until their user.created was delivered", async () => {
  const handled: string[] = [];
  let isDown = true;
  await signUp("user_Ann");
  await host.apply(snapshot("user_Ann", { name: "Other", updatedAt: at(1), createdAt: ago(60_000) }));
  const process = start({
    "user.created": async ({ type }) => (isDown ? down() : handled.push(type)),
    "user.updated": async ({ type }) => handled.push(type),
  });
  await process.deliver();
  expect(handled).toEqual([]);
  isDown = false;
  await waitForRetry();
  await process.deliver();
  expect(handled).toEqual(["user.created", "user.updated"]);
});

test("nothing is delivered about a user who was deleted before", async () => {
  const handled: string[] = [];
  await signUp("user_Ann");
  await host.insertTombstones("user_Ann");
  const note = async ({ type }: { type: string }) => handled.push(type);
  expect(await start({ "user.created": note, "user.updated": note }).deliver()).toEqual({ delivered: 1, failed: 0 });
  expect(handled).toEqual([]);
});

test("a process delivers only what it handles", async () => {
  await signUp("user_Ann");
  expect(await start({ "user.deleted": async () => {} }).deliver()).toEqual({ delivered: 0, failed: 0 });
  expect(await start({}).deliver()).toEqual({ delivered: 0, failed: 0 });
  expect(await start({}).summary()).toMatchObject({ pending: 1, dueSince: expect.any(Date) });
});

test("the start of a type is set by the first process that handles it, and the delay by the last", async () => {
  await host.sql.query(`delete from rollcall."SyncEffectType"`);
  await start({ "user.deleted": async () => {} }).deliver();
  const read = async () => (await host.sql.query(`select since, "delayMs" from rollcall."SyncEffectType"`)).rows[0];
  const first = await read();
  await start({ "user.deleted": { delayMs: 1_000, run: async () => {} } }).deliver();
  expect(await read()).toEqual({ since: first.since, delayMs: 1_000 });
});

test("a process with handlers registers them before its first write, and delivers after the answer", async () => {
  await host.sql.query(`delete from rollcall."SyncEffectType"`);
  let work: (() => Promise<void>) | undefined;
  const handled: string[] = [];
  const rollcall = createRollcall({
    db: host.db,
    tables: host.tables,
    clerk: { secretKey: "sk_test_unused" },
    effects: { "user.created": async ({ userId }) => handled.push(userId) },
    afterAnswer: () => ({
      after: (given) => {
        work = given;
      },
    }),
  });
  await rollcall.applySnapshots([snapshot("user_Ann", { createdAt: new Date(Date.now() + 60_000) })]);
  expect(handled).toEqual([]);
  await work?.();
  expect(handled).toEqual(["user_Ann"]);
});

test("a forgotten type is no longer added, and what waited is dropped", async () => {
  await signUp("user_Ann");
  expect(await start({}).unregister("user.created")).toBe(1);
  await signUp("user_Bob");
  expect((await host.sql.query(`select from rollcall."SyncEffect"`)).rows).toEqual([]);
});

test("delivered effects are deleted after eight days, when no user of their age can get another", async () => {
  await signUp("user_Ann", "user_Bob");
  await deliverAll(host);
  await host.sql.query(
    `update rollcall."SyncEffect" set "occurredAt" = now() - interval '9 days' where "userId" = 'user_Ann'`,
  );
  await start({ "user.created": async () => {} }).deliver();
  expect((await host.sql.query(`select "userId" from rollcall."SyncEffect"`)).rows).toEqual([{ userId: "user_Bob" }]);
});

test("lists are paged to the last effect", async () => {
  await signUp("user_Ann", "user_Bob", "user_Cyd");
  const process = start({});
  const first = await process.list({ state: "pending", cursor: null, limit: 2 });
  expect(first?.items.map(({ userId }) => userId)).toEqual(["user_Ann", "user_Bob"]);
  const rest = await process.list({ state: "pending", cursor: first?.nextCursor ?? null, limit: 2 });
  expect(rest).toMatchObject({ items: [{ userId: "user_Cyd" }], nextCursor: null });
  expect(await process.list({ state: "pending", cursor: "made up", limit: 2 })).toBeNull();
});

test.each([-1, Number.NaN, 31 * 24 * 60 * 60_000])("a delay of %s ms is refused at the start", (delayMs) => {
  expect(() => start({ "user.deleted": { delayMs, run: async () => {} } })).toThrow(/delayMs must be from 0/);
});
