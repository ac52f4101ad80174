import { type Gate, openGate } from "@rollcall/dev-stack/testing/gate";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { defaultTables } from "../../src/database/tables.ts";
import type { SyncError } from "../../src/index.ts";
import { createWritePath, type WritePath } from "../../src/write-path/write-path.ts";
import { openDatabase } from "../open-database.ts";
import { type Host, INSTANCE, openHost, snapshot } from "./host.ts";

const PASSWORD = "correct-horse-battery";

let host: Host;
let gate: Gate;
beforeAll(async () => {
  host = await openHost();
  const url = new URL(host.url);
  url.password = PASSWORD;
  gate = await openGate(url.href);
});
beforeEach(async () => {
  gate.open();
  await host.clear();
});
afterAll(async () => {
  await gate[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
});

/** The application after a start: it has not checked the tables yet. */
function started(connectionString = gate.url): WritePath & AsyncDisposable {
  const db = openDatabase(connectionString, { connections: 2, connectMs: 1_500 });
  return { ...createWritePath(db, defaultTables), [Symbol.asyncDispose]: db[Symbol.asyncDispose] };
}

const calls: [string, (writePath: WritePath) => Promise<unknown>][] = [
  ["applying a snapshot", (writePath) => writePath.applySnapshots([snapshot("user_Ann")])],
  [
    "deleting a user",
    (writePath) => writePath.applyDeletions(["user_Ann"], { instanceId: INSTANCE, deletedBy: "webhook" }),
  ],
  ["a preview", (writePath) => writePath.preview([snapshot("user_Ann")])],
  ["checking the tables", (writePath) => writePath.checkTables()],
  ["refreshing the statistics", (writePath) => writePath.analyse()],
];

const unreachable = expect.objectContaining<Partial<SyncError>>({
  name: "SyncError",
  code: "DATABASE_UNREACHABLE",
  hint: expect.stringContaining("Check POSTGRES_URL"),
});

test.each(calls)("%s says that the database is unreachable if it refuses, and if it never answers", async (_, call) => {
  await using writePath = started();
  gate.shut();
  await expect(call(writePath)).rejects.toEqual(unreachable);
  gate.silence();
  await expect(call(writePath)).rejects.toEqual(unreachable);
});

test.each(calls)("%s works again once the database is back, without a restart", async (_, call) => {
  await using writePath = started();
  gate.shut();
  await expect(call(writePath)).rejects.toEqual(unreachable);
  gate.open();
  await call(writePath);
});

test("a database that goes down under a running application is reported, and a retry succeeds", async () => {
  await using writePath = started();
  await writePath.applySnapshots([snapshot("user_Ann")]);
  gate.shut();
  await expect(writePath.applySnapshots([snapshot("user_Bob")])).rejects.toEqual(unreachable);
  gate.open();
  expect(await writePath.applySnapshots([snapshot("user_Ann"), snapshot("user_Bob")])).toMatchObject([
    { id: "user_Ann", outcome: "unchanged" },
    { id: "user_Bob", outcome: "created" },
  ]);
});

test("a connection that is cut while a user is written leaves the whole user or nothing", async () => {
  await using writePath = started();
  const application = await host.sql.connect();
  await application.query(`begin; lock table "Customer" in share mode`);
  const writing = Promise.allSettled([writePath.applySnapshots([snapshot("user_Ann")])]);
  await host.untilBlocked();
  gate.shut();
  const [cut] = await writing;
  await application.query("commit");
  application.release();
  expect(cut).toEqual({ status: "rejected", reason: unreachable });
  gate.open();
  expect(await writePath.applySnapshots([snapshot("user_Ann")])).toHaveLength(1);
  expect(await host.users()).toHaveLength(1);
  expect(await host.customers()).toEqual([{ authUserId: "user_Ann", name: "Ann", plan: "FREE" }]);
});

test("a database that does not exist is reported as such", async () => {
  const url = new URL(host.url);
  url.pathname = "/no_such_database";
  await using writePath = started(url.href);
  await expect(writePath.applySnapshots([snapshot("user_Ann")])).rejects.toMatchObject({
    code: "DATABASE_UNREACHABLE",
    message: "The server has no database of that name",
  });
});

test("no message, hint or cause repeats the connection string", async () => {
  await using writePath = started();
  for (const away of [gate.shut, gate.silence]) {
    away();
    const error: unknown = await writePath.applySnapshots([snapshot("user_Ann")]).catch((thrown: unknown) => thrown);
    for (let at = error; at instanceof Error; at = at.cause) {
      expect(`${at.message} ${JSON.stringify(at)}`).not.toContain(PASSWORD);
      expect(at.message).not.toContain("postgresql://");
    }
  }
});

test("unexpected tables are checked again: once fixed, they are written without a restart", async () => {
  await using writePath = started();
  await host.sql.query(`alter table "User" add column slug text not null`);
  await expect(writePath.applySnapshots([snapshot("user_Ann")])).rejects.toMatchObject({ code: "SCHEMA_MISMATCH" });
  await host.sql.query(`alter table "User" drop column slug`);
  expect(await writePath.applySnapshots([snapshot("user_Ann")])).toMatchObject([{ outcome: "created" }]);
});
