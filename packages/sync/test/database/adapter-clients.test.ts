import { Pool as NeonPool } from "@neondatabase/serverless";
import { drizzle } from "drizzle-orm/node-postgres";
import { drizzle as drizzlePostgresJs } from "drizzle-orm/postgres-js";
import pg from "pg";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pgDatabase } from "../../src/database/adapters/pg.ts";
import { postgresJsDatabase } from "../../src/database/adapters/postgres-js.ts";
import { defaultTables } from "../../src/database/tables.ts";
import { createRollcall, type Database } from "../../src/index.ts";
import { createWritePath } from "../../src/write-path/write-path.ts";
import { type Host, INSTANCE, openHost, snapshot } from "../write-path/host.ts";

// Hosts must be able to pass what they have without a cast: the type check proves that for each line that makes a database here.

let host: Host;
beforeAll(async () => {
  host = await openHost();
});
afterAll(() => host[Symbol.asyncDispose]());

async function expectWrites(db: Database): Promise<void> {
  await host.clear();
  const writePath = createWritePath(db, defaultTables);
  expect(await writePath.applySnapshots([snapshot("user_Ann"), snapshot("user_Bob")])).toMatchObject([
    { id: "user_Ann", outcome: "created" },
    { id: "user_Bob", outcome: "created" },
  ]);
  const [deleted] = await writePath.applyDeletions(["user_Bob"], { instanceId: INSTANCE, deletedBy: "webhook" });
  expect(deleted).toMatchObject({ id: "user_Bob", outcome: "deleted" });
  expect((await host.users()).map(({ id, email }) => ({ id, email }))).toEqual([
    { id: "user_Ann", email: "ann@example.com" },
    { id: "user_Bob", email: null },
  ]);
}

test("the pool below Drizzle over node-postgres is a database", async () => {
  const db = drizzle({ connection: { connectionString: host.url, max: 1 } });
  await expectWrites(pgDatabase(db.$client));
  await db.$client.end();
});

test("the pool that an application gave to Drizzle is a database", async () => {
  const pool = new pg.Pool({ connectionString: host.url, max: 1 });
  const db = drizzle({ client: pool });
  await expectWrites(pgDatabase(db.$client));
  await pool.end();
});

test("the client below Drizzle over postgres.js is a database", async () => {
  const sql = postgres(host.url, { max: 1 });
  const db = drizzlePostgresJs({ client: sql }); // this makes the client return times as strings
  await expectWrites(postgresJsDatabase(db.$client));
  await sql.end();
});

test("a client of postgres.js that renames columns and reads bigint as BigInt is a database", async () => {
  const sql = postgres(host.url, { max: 1, transform: postgres.camel, types: { bigint: postgres.BigInt } });
  await expectWrites(postgresJsDatabase(sql));
  await sql.end();
});

test("a pool with its own type parsers is a database", async () => {
  const pool = new pg.Pool({
    connectionString: host.url,
    max: 1,
    types: { getTypeParser: (oid: number) => (oid === pg.types.builtins.INT8 ? BigInt : pg.types.getTypeParser(oid)) },
  });
  await expectWrites(pgDatabase(pool));
  await pool.end();
});

test("a pool of Neon's serverless driver is a database", async () => {
  const pool = new NeonPool({ connectionString: "postgresql://unused:secret@localhost/none" });
  expect(createRollcall({ db: pgDatabase(pool), clerk: { secretKey: "sk_test_key" } })).toHaveProperty("ensureFresh");
  await pool.end();
});
