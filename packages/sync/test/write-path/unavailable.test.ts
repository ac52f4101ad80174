import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { defaultTables } from "../../src/database/tables.ts";
import { createRollcall } from "../../src/index.ts";
import { createWritePath, type WritePath } from "../../src/write-path/write-path.ts";
import type { HostDatabase } from "../driver.ts";
import { openDatabase, projectDriver } from "../open-database.ts";
import { type Host, openHost, snapshot } from "./host.ts";

let host: Host;
let opened: HostDatabase[];
beforeAll(async () => {
  host = await openHost();
});
beforeEach(async () => {
  opened = [];
  await host.clear();
});
afterEach(async () => {
  for (const database of opened) await database[Symbol.asyncDispose]();
});
afterAll(() => host[Symbol.asyncDispose]());

function open(url = host.url, connections = 5): { db: Database; writePath: WritePath } {
  const db = openDatabase(url, { connections, connectMs: 3_000 });
  opened.push(db);
  return { db, writePath: createWritePath(db, defaultTables) };
}

const unavailable = (message: string) => ({ code: "DATABASE_UNAVAILABLE", message: expect.stringContaining(message) });
const apply = ({ writePath }: { writePath: WritePath }) => writePath.applySnapshots([snapshot("user_Ann")]);

test("a database that accepts no writes is reported as read-only, not as unreachable", async () => {
  const name = new URL(host.url).pathname.slice(1);
  await host.sql.query(`alter database "${name}" set default_transaction_read_only = on`);
  await expect(apply(open())).rejects.toMatchObject(unavailable("read-only"));
  await host.sql.query(`begin read write; alter database "${name}" reset default_transaction_read_only; commit`);
  expect(await apply(open())).toMatchObject([{ outcome: "created" }]);
});

test("a full disk is reported as such, not as an error in the user's data", async () => {
  await host.sql.query(`create function fill_up() returns trigger language plpgsql as $$ begin
      raise exception 'could not extend file' using errcode = 'disk_full'; end $$;
    create trigger fill_up before insert on "User" for each row execute function fill_up()`);
  await expect(apply(open())).rejects.toMatchObject(unavailable("disk is full"));
  await host.sql.query(`drop trigger fill_up on "User"; drop function fill_up`);
});

test("a server without a free connection for the user is not reported as unreachable", async () => {
  const user = `crowd_${Date.now()}`;
  await host.sql.query(`create role ${user} login connection limit 0`);
  const url = new URL(host.url);
  url.username = user;
  await expect(apply(open(url.href))).rejects.toMatchObject(unavailable("No connection to the database was free"));
  await host.sql.query(`drop role ${user}`);
});

// postgres.js waits for a free connection without a limit.
test.skipIf(projectDriver() === "postgres-js")(
  "an application whose own connections are all in use is not told that the database is down",
  async () => {
    const { db, writePath } = open(host.url, 1);
    const done = db.transaction((transaction) => transaction.query("select pg_sleep(4)::text"));
    await expect(apply({ writePath })).rejects.toMatchObject(unavailable("No connection to the database was free"));
    await done;
  },
);

test("missing tables are not an outage for a caller either", async () => {
  const { db } = open();
  const rollcall = createRollcall({ db, clerk: { secretKey: "sk_test_key" } });
  await host.sql.query(`alter table "Customer" rename to "Elsewhere"`);
  const caller = { userId: "user_Ann", tokenIssuedAt: new Date(), userUpdatedAt: null, role: null };
  expect(await rollcall.ensureFresh(caller)).toMatchObject({ state: "unpersisted", errorCode: "SCHEMA_MISMATCH" });
  await host.sql.query(`alter table "Elsewhere" rename to "Customer"`);
});
