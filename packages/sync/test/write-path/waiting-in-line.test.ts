import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { defaultTables } from "../../src/database/tables.ts";
import { lockStatement } from "../../src/write-path/statements/contended.ts";
import { createWritePath, type WritePath } from "../../src/write-path/write-path.ts";
import type { HostDatabase } from "../driver.ts";
import { openDatabase } from "../open-database.ts";
import { type Host, INSTANCE, openHost, snapshot } from "./host.ts";

let host: Host;
let db: HostDatabase;
let writePath: WritePath;
beforeAll(async () => {
  host = await openHost();
});
beforeEach(async () => {
  await host.clear();
  db = openDatabase(host.url, { connections: 5, queryMs: 10_000 });
  writePath = createWritePath(db, defaultTables);
});
afterEach(() => db[Symbol.asyncDispose]());
afterAll(() => host[Symbol.asyncDispose]());

const people = Array.from({ length: 5 }, (_, at) => `user_P${at}`);
const insertTombstones = (id: string) => writePath.applyDeletions([id], { instanceId: INSTANCE, deletedBy: "webhook" });

/** Another process holds the lock until this is called. */
async function holdTurn(): Promise<() => Promise<void>> {
  const other = await host.sql.connect();
  await other.query("begin");
  await other.query(lockStatement);
  return async () => {
    await other.query("commit");
    other.release();
  };
}

test("writes that wait for their turn leave the application its connections", async () => {
  const giveUp = await holdTurn();
  const deletions = Promise.all(people.map(insertTombstones));
  await host.untilBlocked();
  expect(await writePath.applySnapshots([snapshot("user_Ann")])).toMatchObject([{ outcome: "created" }]);
  const { rows } = await host.sql.query(
    "select from pg_stat_activity where datname = current_database() and wait_event = 'advisory'",
  );
  expect(rows).toHaveLength(1);
  expect(await Promise.all(people.map(() => db.query(`select id from "User"`)))).toEqual(
    people.map(() => [{ id: "user_Ann" }]),
  );
  await giveUp();
  expect((await deletions).flat()).toMatchObject(people.map((id) => ({ id, outcome: "deleted" })));
});

test("a write that waits eight seconds for another process fails as busy, and a retry succeeds", {
  timeout: 30_000,
}, async () => {
  const giveUp = await holdTurn();
  const from = performance.now();
  await expect(insertTombstones("user_Ann")).rejects.toMatchObject({
    code: "DATABASE_UNAVAILABLE",
    message: expect.stringMatching(/busy/),
  });
  expect(performance.now() - from).toBeLessThan(13_000);
  await giveUp();
  expect(await insertTombstones("user_Ann")).toMatchObject([{ outcome: "deleted" }]);
});

test("a row that the application locks for long is not an error in the user's data", { timeout: 30_000 }, async () => {
  await host.apply(snapshot("user_Ann"));
  const application = await host.sql.connect();
  await application.query(`begin; select from "User" where id = 'user_Ann' for update`);
  await expect(host.insertTombstones("user_Ann")).rejects.toMatchObject({
    code: "DATABASE_UNAVAILABLE",
    message: expect.stringMatching(/busy/),
  });
  await application.query("commit");
  application.release();
  expect(await host.insertTombstones("user_Ann")).toMatchObject([{ outcome: "deleted" }]);
});
