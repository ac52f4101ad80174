import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { userApplier } from "../../src/freshness/apply-user.ts";
import { mirrorReader } from "../../src/freshness/mirror.ts";
import type { Database } from "../../src/index.ts";
import { createWritePath } from "../../src/write-path/write-path.ts";
import { at, type Host, openHost, snapshot } from "../write-path/host.ts";

// Four go alone, the other 96 together.
const USERS = Array.from({ length: 100 }, (_, n) => `user_${n}`);
const STATEMENTS = 5;

let host: Host;
let db: Database;
let statements = 0;

beforeAll(async () => {
  host = await openHost();
  db = {
    ...host.db,
    query(text, values) {
      statements++;
      return host.db.query(text, values);
    },
  };
});
beforeEach(() => host.clear());
afterAll(() => host[Symbol.asyncDispose]());

test("users who are read at the same moment share statements, and each gets their own rows", async () => {
  const known = USERS.filter((_, n) => n % 2 === 0);
  await host.apply(...known.map((id) => snapshot(id)));
  await host.insertTombstones("user_0");
  const read = mirrorReader(db, host.tables);
  statements = 0;
  const mirrors = await Promise.all(USERS.map(read));
  expect(statements).toBe(STATEMENTS);
  expect(mirrors).toMatchObject(
    USERS.map((id, n) => {
      if (n === 0) return { state: "deleted" };
      return n % 2 === 0 ? { state: "present", user: { clerkId: id, name: snapshot(id).name } } : { state: "absent" };
    }),
  );
});

test("users who are written at the same moment share statements, and each gets their own outcome", async () => {
  await host.apply(snapshot("user_50"));
  const writePath = createWritePath(db, host.tables);
  const apply = userApplier(writePath);
  await writePath.checkTables();
  statements = 0;
  const outcomes = await Promise.all(USERS.map((id) => apply(snapshot(id, { updatedAt: at(1) }))));
  expect(statements).toBe(STATEMENTS);
  expect(outcomes).toEqual(USERS.map((id, n) => ({ id, outcome: n === 50 ? "updated" : "created", conflict: false })));
  expect(await host.users()).toHaveLength(USERS.length);
});

test("one of them whose data cannot be stored keeps none of the others from being stored", async () => {
  const apply = userApplier(host.writePath);
  // PostgreSQL refuses an index entry of more than 2,704 bytes.
  const email = `${randomBytes(5_000).toString("hex")}@example.com`;
  const outcomes = await Promise.all(USERS.map((id) => apply(snapshot(id, id === "user_60" ? { email } : {}))));
  expect(outcomes.filter(({ outcome }) => outcome === "created")).toHaveLength(USERS.length - 1);
  expect(outcomes[60]).toMatchObject({ outcome: "failed", code: "DATA_REJECTED" });
});

test("two snapshots of one user that meet in a batch are both answered with the newer one's outcome", async () => {
  const apply = userApplier(host.writePath);
  const busy = USERS.slice(0, 4).map((id) => apply(snapshot(id)));
  const both = [snapshot("user_Ann"), snapshot("user_Ann", { updatedAt: at(1), name: "Newer" })].map(apply);
  await Promise.all(busy);
  expect(await Promise.all(both)).toMatchObject([{ outcome: "created" }, { outcome: "created" }]);
  expect(await host.users()).toContainEqual(expect.objectContaining({ id: "user_Ann", name: "Newer" }));
});
