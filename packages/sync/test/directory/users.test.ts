import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { DirectoryUser, Rollcall, UserFilter } from "../../src/index.ts";
import { type Instance, startInstance } from "../instance/start-instance.ts";
import { at, type Host, openHost, snapshot } from "../write-path/host.ts";

let host: Host;
let instance: Instance;
let rollcall: Rollcall;

beforeAll(async () => {
  host = await openHost();
  instance = await startInstance(host.db);
});
beforeEach(async () => {
  await host.clear();
  instance.restart();
  rollcall = instance.rollcall;
});
afterAll(async () => {
  await instance[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
});

/** All pages of a list, each of at most `limit` users. */
async function listAll(filter: UserFilter = {}, limit = 2): Promise<DirectoryUser[]> {
  const users: DirectoryUser[] = [];
  for (let cursor: string | null = null; ; ) {
    const page = await rollcall.directory.list({ ...filter, cursor, limit });
    if (!page) throw new Error("the list does not know its own cursor");
    expect(page.items.length).toBeLessThanOrEqual(limit);
    users.push(...page.items);
    cursor = page.nextCursor;
    if (cursor === null) return users;
  }
}
const idsOf = async (filter?: UserFilter, limit?: number) => (await listAll(filter, limit)).map(({ id }) => id);

describe("the list of users", () => {
  test("shows live users newest first, page by page, each once, also those who signed up in the same millisecond", async () => {
    const users = [1, 2, 2, 2, 3].map((minute, n) => snapshot(`user_${n}`, { createdAt: at(minute) }));
    await host.apply(...users);
    await host.insertTombstones("user_Gone");
    expect(await idsOf()).toEqual(["user_4", "user_3", "user_2", "user_1", "user_0"]);
  });

  test("shows what Clerk said, and the id of the application's row", async () => {
    await host.apply(snapshot("user_Ada", { updatedAt: at(1), checkedAt: at(2) }));
    const [row] = (
      await host.sql.query<{ id: string }>(`select ${host.mapping === "own ids" ? "pk" : "id"}::text as id from "User"`)
    ).rows;
    expect(await listAll()).toEqual([
      {
        id: "user_Ada",
        state: "live",
        email: "ada@example.com",
        emailVerified: true,
        name: "Ada",
        image: "https://img.example.com/user_Ada",
        rowId: row?.id,
        createdAt: at(0),
        updatedAt: at(1),
        checkedAt: at(2),
        deletedAt: null,
      },
    ]);
  });

  test("of deleted users is latest deletion first, and names no one", async () => {
    await host.apply(snapshot("user_A"), snapshot("user_B"), snapshot("user_C"));
    await host.insertTombstones("user_B");
    await host.insertTombstones("user_C");
    await host.insertTombstones("user_A");
    const deleted = await listAll({ state: "deleted" });
    expect(deleted.map(({ id }) => id)).toEqual(["user_A", "user_C", "user_B"]);
    expect(deleted[0]).toMatchObject({ state: "deleted", email: null, name: null, deletedAt: expect.any(Date) });
    expect(await idsOf({ state: "deleted", search: "a" })).toEqual([]);
  });

  test("of users in conflict has those whose address another row shows", async () => {
    await host.addOwnRow(1, "own@example.com");
    await host.apply(
      snapshot("user_Owner", { email: "shared@example.com", emailSince: at(2) }),
      snapshot("user_Other", { email: "shared@example.com", emailSince: at(1) }),
      snapshot("user_Blocked", { email: "own@example.com" }),
    );
    expect(await idsOf({ state: "conflict" }, 1)).toEqual(["user_Blocked", "user_Other"]);
    expect(await listAll({ state: "conflict", search: "SHARED" })).toMatchObject([
      { id: "user_Other", state: "conflict", email: "shared@example.com" },
    ]);
    expect(await idsOf()).toHaveLength(3);
  });

  test("of users who were never synced has the rows with a Clerk id alone", async () => {
    await host.addOwnRow(1, "own@example.com");
    await host.apply(snapshot("user_Synced"));
    await host.sql.query(
      `insert into "User" (id, email, name) values ('user_Early', 'early@example.com', 'Early Bird'), ('user_Late', null, null)`,
    );
    expect(await listAll({ state: "not_synced" }, 1)).toMatchObject([
      { id: "user_Early", state: "not_synced", email: "early@example.com", name: "Early Bird", checkedAt: null },
      { id: "user_Late", state: "not_synced", email: null },
    ]);
    expect(await idsOf({ state: "not_synced", search: "bird" })).toEqual(["user_Early"]);
  });
});

describe("a search", () => {
  const person = (n: number, name: string, email: string) => snapshot(`user_${n}`, { name, email, createdAt: at(n) });

  beforeEach(() =>
    host.apply(
      person(1, "Ada Lovelace", "countess@example.com"),
      person(2, "Grace Hopper", "ada.fan@example.com"),
      person(3, "Adam Ada", "adam@example.com"),
      person(4, "Linus Adams", "linus@example.com"),
      person(5, "Élodie", "elodie@example.com"),
      person(6, "50% _off_", "100%_@example.com"),
    ),
  );

  test("finds the beginning of an address, of a name and of its last word, each user once", async () => {
    for (const limit of [1, 2, 100]) {
      expect(await idsOf({ search: "ada" }, limit)).toEqual(["user_2", "user_3", "user_1", "user_4"]);
    }
  });

  test.each([
    ["LOVE", ["user_1"]],
    [" ada LOVELACE ", ["user_1"]],
    ["Ada.Fan@Example.com", ["user_2"]],
    ["linus@", ["user_4"]],
    ["Él", ["user_5"]],
    ["example.com", []],
    ["50% _", ["user_6"]],
    ["100%_", ["user_6"]],
    ["%", []],
    ["_", ["user_6"]],
    ["\\", []],
    ["' or true --", []],
    ["\0ada l", ["user_1"]],
  ])("of %j finds %j", async (search, ids) => {
    expect(await idsOf({ search })).toEqual(ids);
  });

  test("of a Clerk id finds the user in any state", async () => {
    await host.insertTombstones("user_1");
    await host.sql.query(`insert into "User" (id) values ('user_Early')`);
    expect(await listAll({ search: " user_1 " })).toMatchObject([{ id: "user_1", state: "deleted" }]);
    expect(await listAll({ search: "user_Early" })).toMatchObject([{ id: "user_Early", state: "not_synced" }]);
    expect(await idsOf({ search: "user_Unknown" })).toEqual([]);
  });

  test("finds users whose names are longer than any search", async () => {
    const name = `Ann ${"a".repeat(252)}`;
    await host.apply(person(7, name, "ann@example.com"), person(8, name, "ann2@example.com"));
    expect(await idsOf({ search: "ann a" }, 1)).toEqual(["user_7", "user_8"]);
  });
});

test.each([
  "",
  "x",
  "bm9uc2Vuc2U",
  Buffer.from(`[1e300,"user_1"]`).toString("base64url"),
  Buffer.from(`[0,"a\\u0000",""]`).toString("base64url"),
])("a cursor that no page gave is refused: %j", async (cursor) => {
  for (const filter of [{}, { search: "a" }, { state: "deleted" }, { state: "conflict" }] satisfies UserFilter[]) {
    expect(await rollcall.directory.list({ ...filter, cursor, limit: 2 })).toBeNull();
  }
});
