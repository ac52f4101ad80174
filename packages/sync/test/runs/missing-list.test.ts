import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createRollcall, type MissingUser, type Rollcall } from "../../src/index.ts";
import { type Host, openHost, snapshot } from "../write-path/host.ts";

let host: Host;
let rollcall: Rollcall;
const runId = randomUUID();

beforeAll(async () => {
  host = await openHost();
  rollcall = createRollcall({ db: host.db, clerk: { secretKey: "not used" } });
  await host.sql.query(
    `insert into rollcall."SyncRun" (id, kind, "dryRun", state, "startedBy", confirmed, "startedAt")
     values ($1, 'full', false, 'awaiting_confirmation', 'test', false, now())`,
    [runId],
  );
  await host.apply(...["A", "B", "C", "D"].map((name) => snapshot(`user_${name}`)));
  await host.sql.query(
    `insert into rollcall."SyncCandidate" select $1, id from rollcall."ClerkUser" where id <> 'user_D'`,
    [runId],
  );
});
afterAll(() => host[Symbol.asyncDispose]());

async function listAll(search: string | undefined, limit: number): Promise<MissingUser[]> {
  const users: MissingUser[] = [];
  for (let cursor: string | null = null; ; ) {
    const page = await rollcall.runs.missing({ runId, search, cursor, limit });
    if (!page) throw new Error("the list does not know its own cursor");
    users.push(...page.items);
    cursor = page.nextCursor;
    if (cursor === null) return users;
  }
}

test("the users that a waiting run would mark as deleted are listed page by page, each once", async () => {
  for (const limit of [1, 2, 3, 10]) {
    expect((await listAll(undefined, limit)).map(({ id }) => id)).toEqual(["user_A", "user_B", "user_C"]);
  }
  expect((await listAll(undefined, 10))[0]).toEqual({
    id: "user_A",
    email: "a@example.com",
    name: "A",
    createdAt: expect.any(Date),
    syncedAt: expect.any(Date),
  });
});

test.each([
  ["B@EXAMPLE", ["user_B"]],
  ["user_C", ["user_C"]],
  ["example.com", ["user_A", "user_B", "user_C"]],
  ["user_D", []],
  ["%", []],
])("they are searched by a part of the id, the address or the name: %s", async (search, ids) => {
  expect((await listAll(search, 2)).map(({ id }) => id)).toEqual(ids);
});

test("of an unknown run there are none, and a cursor that no page gave is refused", async () => {
  expect(await rollcall.runs.missing({ runId: randomUUID(), cursor: null, limit: 5 })).toEqual({
    items: [],
    nextCursor: null,
  });
  expect(await rollcall.runs.missing({ runId, cursor: "x", limit: 5 })).toBeNull();
});

test("the users that a run could not sync are grouped by reason, most frequent first", async () => {
  const errors = [
    { userId: "user_1", code: "DATA_REJECTED", reason: "22001" },
    { userId: "user_2", code: "UNLINKED", reason: "linked to no row" },
    { userId: "user_3", code: "UNLINKED", reason: "linked to no row" },
  ];
  await host.sql.query(
    `insert into rollcall."SyncWindow" ("runId", number, position, "movedAt", failed, errors) values ($1, 0, '{"pass": "walk"}', now(), 250, $2)`,
    [runId, JSON.stringify(errors)],
  );
  expect(await rollcall.runs.errors(runId)).toEqual({
    failed: 250,
    items: errors,
    byReason: [
      { code: "UNLINKED", reason: "linked to no row", users: 2 },
      { code: "DATA_REJECTED", reason: "22001", users: 1 },
    ],
  });
  expect(await rollcall.runs.errors(randomUUID())).toBeNull();
});
