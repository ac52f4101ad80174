import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Database } from "../../src/index.ts";
import { userDeleter } from "../../src/webhook/delete-user.ts";
import { createWritePath, type WritePath } from "../../src/write-path/write-path.ts";
import { type Host, INSTANCE, openHost, snapshot } from "../write-path/host.ts";

const USERS = Array.from({ length: 60 }, (_, n) => `user_${n}`);

let host: Host;
let writePath: WritePath;
let transactions = 0;

beforeAll(async () => {
  host = await openHost();
  const db: Database = {
    ...host.db,
    transaction(work, limits) {
      transactions++;
      return host.db.transaction(work, limits);
    },
  };
  writePath = createWritePath(db, host.tables);
});
beforeEach(async () => {
  await host.clear();
  await host.apply(...USERS.map((id) => snapshot(id)));
  transactions = 0;
});
afterAll(() => host[Symbol.asyncDispose]());

test("deletions that arrive while one is written are one transaction, and each gets its own outcome", async () => {
  const deleteUser = userDeleter(writePath);
  const asked = [...USERS, "not Clerk's", "user_0"];
  const outcomes = await Promise.all(asked.map((userId) => deleteUser({ userId, instanceId: INSTANCE })));
  expect(outcomes).toMatchObject(asked.map((id) => ({ id, outcome: id === "not Clerk's" ? "failed" : "deleted" })));
  expect(transactions).toBe(2);
  expect((await host.clerkUsers()).map(({ deletedBy }) => deletedBy)).toEqual(USERS.map(() => "webhook"));
});

test("each tombstone keeps the instance that its delivery names", async () => {
  const deleteUser = userDeleter(writePath);
  const instances = ["ins_first", "ins_second", "ins_first"];
  await Promise.all(instances.map((instanceId, n) => deleteUser({ userId: `user_New${n}`, instanceId })));
  const stored = (await host.clerkUsers()).filter(({ id }) => id.startsWith("user_New"));
  expect(stored.map(({ instanceId }) => instanceId)).toEqual(instances);
});
