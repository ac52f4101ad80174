import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Instance, startInstance } from "../instance/start-instance.ts";
import { type Host, openHost } from "../write-path/host.ts";

let host: Host;
let instance: Instance;
beforeAll(async () => {
  host = await openHost();
  instance = await startInstance(host.prisma);
});
beforeEach(async () => {
  await host.clear();
  await instance.endFaults();
  instance.restart();
});
afterAll(async () => {
  await instance[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
});

const GONE = Array.from({ length: 12 }, (_, n) => `user_Gone${String(n).padStart(2, "0")}`);

/** Rows of an earlier, hand-written sync: two users that Clerk knows, twelve that it does not know, and one of the application's own. */
async function fill(): Promise<string[]> {
  await instance.rollcall.syncUser(await instance.newUser()); // this database mirrors the instance
  const known = [await instance.newUser(), await instance.newUser()].sort();
  for (const id of [...known, ...GONE, "admin"]) {
    await host.sql.query(`insert into "User" (id, name, email) values ($1, 'Old name', $1 || '@example.com')`, [id]);
  }
  await host.sql.query(
    `insert into "Customer" ("authUserId", plan) select id, 'PRO' from "User" on conflict ("authUserId") do update set plan = 'PRO'`,
  );
  return known;
}

const names = async () => Object.fromEntries((await host.users()).map(({ id, name }) => [id, name]));

test("rows never synced are asked about: known users are synced, denied ones deleted after confirmation", async () => {
  const known = await fill();
  const asked: string[][] = [];
  const pruned = await instance.rollcall.prune({
    confirm: (denied) => {
      asked.push([...denied]);
      return true;
    },
  });
  expect(pruned).toEqual({ asked: 14, known: 2, denied: 12, tombstoned: 12, unclear: 0 });
  expect(asked).toEqual([GONE]);
  const after = await names();
  for (const id of known) expect(after[id]).not.toBe("Old name");
  for (const id of GONE) expect(after[id]).toBeNull();
  expect(after.admin).toBe("Old name");
  expect((await host.clerkUsers()).filter(({ deletedBy }) => deletedBy === "run").map(({ id }) => id)).toEqual(GONE);
  expect((await host.customers()).map(({ plan }) => plan)).toEqual(Array(16).fill("PRO"));
});

test("without confirmation, only rows of users that Clerk knows change, and a second call asks only about the rest", async () => {
  await fill();
  expect(await instance.rollcall.prune({ confirm: () => false })).toMatchObject({ denied: 12, tombstoned: 0 });
  const after = await names();
  for (const id of GONE) expect(after[id]).toBe("Old name");
  await instance.askedForUsers();
  expect(await instance.rollcall.prune({ confirm: async () => true })).toMatchObject({ asked: 12, tombstoned: 12 });
  expect(await instance.askedForUsers()).toBe(12);
  expect(await instance.rollcall.prune({ confirm: () => true })).toMatchObject({ asked: 0, tombstoned: 0 });
});

test("a Clerk in trouble deletes no user", async () => {
  await fill();
  await instance.fail({ status: 500, path: "/v1/users" });
  await expect(instance.rollcall.prune({ confirm: () => true })).rejects.toMatchObject({ code: "CLERK_ERROR" });
  const after = await names();
  for (const id of GONE) expect(after[id]).toBe("Old name");
});

test("the key of another instance asks about no user", async () => {
  await fill();
  await using other = await startInstance(host.prisma);
  await expect(other.rollcall.prune({ confirm: () => true })).rejects.toMatchObject({ code: "INSTANCE_REFUSED" });
  expect(await other.askedForUsers()).toBe(0);
});
