import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { logEvent, purgeEvents } from "../../src/events/event-log.ts";
import { type Host, openHost } from "../write-path/host.ts";

let host: Host;
beforeAll(async () => {
  host = await openHost();
});
beforeEach(async () => {
  await host.sql.query(`truncate rollcall."SyncEvent"`);
  await host.sql.query(
    `insert into rollcall."SyncEvent" (id, source, type, outcome, "firstSeenAt", "lastSeenAt")
     select 'msg_' || n, 'webhook', 'user.updated', 'updated', moment, moment
     from generate_series(1, 150) n, lateral (select now() - interval '31 days' - n * interval '1 minute' as moment) as seen`,
  );
});
afterAll(() => host[Symbol.asyncDispose]());

const log = (id: string) =>
  logEvent(host.db, { id, source: "webhook", type: "user.updated", userId: null, outcome: "updated", code: null });
const count = async () => Number((await host.sql.query(`select count(*) from rollcall."SyncEvent"`)).rows[0].count);

test("a purge deletes up to a hundred entries that are older than thirty days", async () => {
  await purgeEvents(host.db);
  expect(await count()).toBe(50);
  await purgeEvents(host.db);
  expect(await count()).toBe(0);
});

test("old entries go by themselves while new ones come", async () => {
  let written = 0;
  while ((await count()) > written) await log(`msg_new${written++}`);
  expect(await count()).toBe(written);
});

test("a purge skips entries that another one is deleting, and does not wait", async () => {
  const other = await host.sql.connect();
  await other.query(`begin; select from rollcall."SyncEvent" where id in ('msg_150', 'msg_1') for update`);
  const purging = purgeEvents(host.db).then(() => "purged");
  const first = await Promise.race([purging, host.untilBlocked().then(() => "waits")]);
  await other.query("commit");
  other.release();
  expect(first).toBe("purged");
  await purging;
  expect(await count()).toBe(50);
});
