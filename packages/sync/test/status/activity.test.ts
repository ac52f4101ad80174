import { afterAll, beforeAll, expect, test } from "vitest";
import { createRollcall } from "../../src/index.ts";
import { type Host, openHost } from "../write-path/host.ts";

let host: Host;
beforeAll(async () => {
  host = await openHost();
});
afterAll(() => host[Symbol.asyncDispose]());

const start = () => createRollcall({ db: host.db, clerk: { secretKey: "not used", apiUrl: "http://127.0.0.1:1" } });

test("the last 24 hours of events are 24 numbers for each outcome, oldest first, and their sum is the status's", async () => {
  await host.sql.query(
    `insert into rollcall."SyncEvent" (id, source, type, outcome, "timesSeen", "firstSeenAt", "lastSeenAt")
     select 'msg_' || n, 'webhook', 'user.updated', case when n % 2 = 0 then 'updated' else 'failed' end, n, seen, seen
     from generate_series(1, 30) n, lateral (select now() - n * interval '1 hour' + interval '30 min' as seen) moment`,
  );
  const rollcall = start();
  const { events, countedAt } = await rollcall.activity();
  // The n-th event was seen n times, between n - 1 and n hours ago.
  expect(events.map(({ outcomes }) => outcomes)).toEqual(
    Array.from({ length: 24 }, (_, index) => ({ [(24 - index) % 2 === 0 ? "updated" : "failed"]: 24 - index })),
  );
  expect(events.at(-1)?.from).toEqual(new Date(countedAt.getTime() - 60 * 60_000));
  const { events24h } = await rollcall.status();
  expect(events24h).toEqual({ updated: 12 * 13, failed: 12 * 12 });
});

test("the last 30 runs are listed oldest first, with their changes", async () => {
  await host.sql.query(
    `with runs as (
       insert into rollcall."SyncRun" (id, kind, "dryRun", state, "startedBy", confirmed, "startedAt", "endedAt")
       select gen_random_uuid(), 'full', false, 'done', n::text, false, now() - n * interval '1 hour', now() - n * interval '1 hour' + interval '90 s'
       from generate_series(1, 35) n returning id, "startedBy"::int as n
     )
     insert into rollcall."SyncWindow" ("runId", number, position, "movedAt", created, updated, tombstoned, failed)
     select id, 0, '{"pass": "walk"}', now(), n, 1, 2, 3 from runs`,
  );
  const { runs } = await start().activity();
  expect(runs.map(({ created }) => created)).toEqual(Array.from({ length: 30 }, (_, index) => 30 - index));
  expect(runs[0]).toMatchObject({
    kind: "full",
    state: "done",
    durationMs: 90_000,
    updated: 1,
    tombstoned: 2,
    failed: 3,
  });
});

test("a large directory is answered with stored numbers, and one process counts again in the background", async () => {
  await host.sql.query(
    `insert into rollcall."DirectoryCount" (counts, "countedAt", "tookMs") values ($1, now() - interval '5 min', 1)`,
    [{ live: 70_000, deleted: 1, conflicts: 2, unadopted: 3, conflictIds: [], unadoptedIds: [], events: [] }],
  );
  const before = await start().status();
  expect(before).toMatchObject({ live: 70_000, deleted: 1, conflicts: 2, unadopted: 3 });
  expect(Date.now() - before.countedAt.getTime()).toBeGreaterThan(4 * 60_000);
  // It is not large: so its numbers are not kept.
  await expect
    .poll(async () => (await host.sql.query(`select from rollcall."DirectoryCount"`)).rows, { timeout: 10_000 })
    .toEqual([]);
  expect(await start().status()).toMatchObject({ live: 0, conflicts: 0 });
});

test("numbers that are older than ten minutes are counted before anyone gets them", async () => {
  await host.sql.query(
    `insert into rollcall."DirectoryCount" (counts, "countedAt", "tookMs") values ($1, now() - interval '11 min', 1)`,
    [{ live: 70_000, deleted: 1, conflicts: 2, unadopted: 3, conflictIds: [], unadoptedIds: [], events: [] }],
  );
  expect(await start().status()).toMatchObject({ live: 0, deleted: 0 });
});
