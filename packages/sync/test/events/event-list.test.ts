import { afterAll, beforeAll, expect, test } from "vitest";
import { createRollcall, type EventFilter, type Rollcall } from "../../src/index.ts";
import { type Host, openHost } from "../write-path/host.ts";

let host: Host;
let rollcall: Rollcall;
const EVENTS = 90;

beforeAll(async () => {
  host = await openHost();
  rollcall = createRollcall({ db: host.db, clerk: { secretKey: "not used" } });
  // Three in the same millisecond each; every combination of what can be filtered.
  await host.sql.query(
    `insert into rollcall."SyncEvent" (id, source, type, "userId", outcome, code, "timesSeen", "firstSeenAt", "lastSeenAt")
     select 'msg_' || lpad(n::text, 3, '0'), (array['webhook', 'read'])[n % 2 + 1]::rollcall."EventSource",
       (array['user.created', 'user.updated', 'session.created'])[n / 2 % 3 + 1], (array['user_A', 'user_B', null])[n / 6 % 3 + 1],
       (array['created', 'failed', 'ignored', 'updated'])[n / 18 % 4 + 1], 'CODE', n, seen, seen
     from generate_series(1, ${EVENTS}) n, lateral (select timestamptz '2026-01-01Z' + n / 3 * interval '1 s' as seen) moment`,
  );
});
afterAll(() => host[Symbol.asyncDispose]());

async function listAll(filter: EventFilter, limit: number) {
  const events = [];
  for (let cursor: string | null = null; ; ) {
    const page = await rollcall.events.list({ ...filter, cursor, limit });
    if (!page) throw new Error("the list does not know its own cursor");
    expect(page.items.length).toBeLessThanOrEqual(limit);
    events.push(...page.items);
    cursor = page.nextCursor;
    if (cursor === null) return events;
  }
}

const latestFirst = Array.from({ length: EVENTS }, (_, n) => `msg_${String(EVENTS - n).padStart(3, "0")}`);

test("the log is listed latest first, page by page, each entry once", async () => {
  for (const limit of [1, 7, EVENTS]) {
    expect((await listAll({}, limit)).map(({ id }) => id)).toEqual(latestFirst);
  }
});

test("an entry has ids, types, codes and times", async () => {
  const [entry] = await listAll({}, 100);
  expect(entry).toEqual({
    id: "msg_090",
    source: "webhook",
    type: "user.created",
    userId: "user_A",
    outcome: "failed",
    code: "CODE",
    timesSeen: 90,
    firstSeenAt: new Date("2026-01-01T00:00:30Z"),
    lastSeenAt: new Date("2026-01-01T00:00:30Z"),
  });
});

test.each<EventFilter>([
  { source: "read" },
  { type: "user.updated" },
  { outcome: "failed" },
  { userId: "user_B" },
  { source: "webhook", outcome: "ignored" },
  { type: "session.created", outcome: "created" },
  { type: "user.updated", userId: "user_A" },
  { source: "read", type: "user.created", outcome: "updated", userId: "user_A" },
  { type: "unknown.type" },
  { userId: "user_Unknown" },
])("the log is filtered by %j", async (filter) => {
  const all = await listAll({}, 100);
  const matching = all.filter((event) =>
    Object.entries(filter).every(([field, value]) =>
      Object.entries(event).some(([name, has]) => name === field && has === value),
    ),
  );
  expect(await listAll(filter, 4)).toEqual(matching);
});

test("a cursor that no page gave is refused", async () => {
  for (const cursor of [
    "",
    "x",
    Buffer.from(`[1,2]`).toString("base64url"),
    Buffer.from(`[1e300,"a"]`).toString("base64url"),
  ]) {
    expect(await rollcall.events.list({ cursor, limit: 1 })).toBeNull();
  }
});
