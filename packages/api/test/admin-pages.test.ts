import type { TestDatabase } from "@rollcall/dev-stack/testing";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod/v4";
import { type Clerk, startClerk } from "./app/clerk.ts";
import { createDatabaseWithQueue } from "./app/database.ts";
import { rowsOf } from "./app/rows.ts";
import { untilEnded } from "./app/run-rows.ts";
import { type App, startApp } from "./app/start-app.ts";

let database: TestDatabase;
let clerk: Clerk;
let app: App;
let sql: pg.Pool;
beforeAll(async () => {
  database = await createDatabaseWithQueue();
  clerk = await startClerk();
  app = await startApp(clerk, database.url);
  sql = new pg.Pool({ connectionString: database.url });
});
beforeEach(async () => {
  await sql.query(`truncate rollcall."SyncRun", rollcall."ClerkUser", rollcall."SyncEvent", "User" cascade`);
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await clerk[Symbol.asyncDispose]();
  await sql.end();
  await database[Symbol.asyncDispose]();
});

const admin = async () => app.trpc((await clerk.signIn(clerk.adminUserId)).token).sync;
const BAD_REQUEST = { data: { code: "BAD_REQUEST", httpStatus: 400 } };

describe("an admin", () => {
  test("finds a user by the beginning of their address, and sees them beside Clerk", async () => {
    const sync = await admin();
    const id = await clerk.newUser();
    await clerk.change(id, {
      email_addresses: [{ email_address: "Sought@example.com" }],
      first_name: "Ida",
      last_name: null,
    });
    await sync.syncUser.mutate({ id });
    const { items, nextCursor } = await sync.users.query({ search: "SOUGHT" });
    expect(items).toMatchObject([
      { id, state: "live", email: "sought@example.com", name: "Ida", createdAt: expect.any(Date) },
    ]);
    expect(nextCursor).toBeNull();
    const user = await sync.user.query({ id });
    expect(user).toMatchObject({ state: "live", atClerk: { state: "known" }, claim: { holder: "self" } });
    expect(user.fields.filter(({ agree }) => !agree)).toEqual([]);
  });

  test("pages through users and events with the cursor of the page before", async () => {
    const sync = await admin();
    const ids = await clerk.newUsers(3);
    for (const id of ids) await sync.syncUser.mutate({ id });
    await sql.query(
      `insert into rollcall."SyncEvent" (id, source, type, outcome, "firstSeenAt", "lastSeenAt")
       select 'msg_' || n, 'webhook', 'user.updated', 'updated', now(), now() from generate_series(1, 5) n`,
    );
    const first = await sync.users.query({ limit: 2 });
    const second = await sync.users.query({ limit: 2, cursor: first.nextCursor });
    const listed = [...first.items, ...second.items].map(({ id }) => id);
    expect(listed).toEqual([...new Set(listed)]);
    expect(listed).toEqual(expect.arrayContaining(ids));
    const events = await sync.events.query({ type: "user.updated", limit: 3 });
    const rest = await sync.events.query({ type: "user.updated", limit: 3, cursor: events.nextCursor });
    expect(rest).toMatchObject({ items: [{ id: "msg_2" }, { id: "msg_1" }], nextCursor: null });
  });

  test("revives a user whose deletion was wrong, and the log says who did", async () => {
    const sync = await admin();
    const id = await clerk.newUser();
    await sync.syncUser.mutate({ id });
    await sql.query(`update rollcall."ClerkUser" set "deletedAt" = now(), "deletedBy" = 'webhook' where id = $1`, [id]);
    expect(await sync.syncUser.mutate({ id })).toMatchObject({ outcome: "deleted" });
    expect(await sync.syncUser.mutate({ id, revive: true })).toMatchObject({
      outcome: expect.not.stringContaining("deleted"),
    });
    expect((await rowsOf(sql, id)).user).not.toBeNull();
    const lines = () => app.log().filter(({ event, userId }) => event === "sync_requested" && userId === id);
    await expect.poll(() => lines().length).toBe(3);
    expect(lines().at(-1)).toMatchObject({ requestedBy: clerk.adminUserId, revive: true });
  });

  test("gets what check finds, each with its remedy", async () => {
    const { reports, checkedAt } = await (await admin()).check.query();
    expect(checkedAt).toBeInstanceOf(Date);
    expect(reports.find(({ id }) => id === "database")).toMatchObject({ status: "ok" });
    for (const report of reports) if (report.status === "finding") expect(report.remedy).not.toBe("");
  });

  test("starts a dry run, which counts and writes nothing", async () => {
    const sync = await admin();
    const { runId } = await sync.syncAll.mutate({ dryRun: true });
    const run = await untilEnded(sync, runId);
    expect(run.report).toMatchObject({ dryRun: true, state: "done" });
    expect(run.report.created).toBeGreaterThan(0);
    expect((await sql.query(`select from "User" where id <> $1`, [clerk.adminUserId])).rows).toEqual([]);
  });
});

test("100 batches of 20 calls by an admin at the same moment are all answered", async () => {
  const { token } = await clerk.signIn(clerk.adminUserId);
  const names = ["sync.status", "sync.runs", "sync.users", "sync.events", "sync.activity"];
  const path = `/api/trpc/${Array.from({ length: 20 }, (_, n) => names[n % names.length]).join(",")}?batch=1`;
  const answers = await Promise.all(
    Array.from({ length: 100 }, async () => {
      const answer = await app.fetch(path, { headers: { authorization: `Bearer ${token}` } });
      const results = z.array(z.object({ result: z.unknown().optional() })).parse(await answer.json());
      return { status: answer.status, answered: results.filter(({ result }) => result !== undefined).length };
    }),
  );
  expect(answers).toEqual(answers.map(() => ({ status: 200, answered: 20 })));
});

describe("an input is refused if", () => {
  test.each([
    ["the state is unknown", { state: "gone" }],
    ["the search is too long", { search: "a".repeat(321) }],
    ["the page is too long", { limit: 101 }],
    ["the cursor is of no page", { cursor: "nonsense" }],
    ["the cursor is too long", { cursor: "a".repeat(3_000) }],
  ])("%s", async (_, input) => {
    await expect((await admin()).users.query(JSON.parse(JSON.stringify(input)))).rejects.toMatchObject(BAD_REQUEST);
  });

  test("the id is not of Clerk's form", async () => {
    const sync = await admin();
    for (const id of ["", "user_", "../count", "user_a/../../instance", "user_a?x", `user_${"a".repeat(65)}`]) {
      await expect(sync.user.query({ id })).rejects.toMatchObject(BAD_REQUEST);
      await expect(sync.syncUser.mutate({ id })).rejects.toMatchObject(BAD_REQUEST);
    }
  });

  test("an event's type contains a NUL", async () => {
    await expect((await admin()).events.query({ type: "user\0" })).rejects.toMatchObject(BAD_REQUEST);
  });
});
