import { createTestDatabase } from "@rollcall/dev-stack/testing";
import pg from "pg";
import { expect, inject, test } from "vitest";

async function connect(url: string): Promise<pg.Client & AsyncDisposable> {
  const client = new pg.Client({ connectionString: url, application_name: "a test" });
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}

test("a test database has all tables, no rows of another one, and is dropped afterwards", async () => {
  let name: string;
  {
    await using one = await createTestDatabase();
    await using other = await createTestDatabase();
    await using client = await connect(one.url);
    await using neighbour = await connect(other.url);
    await client.query(`INSERT INTO "User" (id) VALUES ('a row of one')`);
    expect((await neighbour.query(`SELECT * FROM "User"`)).rows).toEqual([]);
    name = one.name;
  }
  await using server = await connect(inject("postgresUrl"));
  expect((await server.query("SELECT * FROM pg_database WHERE datname = $1", [name])).rows).toEqual([]);
});

test("its sessions start in the requested time zone, otherwise in the project's", async () => {
  await using kathmandu = await createTestDatabase({ timeZone: "Asia/Kathmandu" });
  await using usual = await createTestDatabase();
  const zones = await Promise.all(
    [kathmandu, usual].map(async ({ url }) => {
      await using client = await connect(url);
      return (await client.query("SHOW timezone")).rows;
    }),
  );
  expect(zones).toEqual([[{ TimeZone: "Asia/Kathmandu" }], [{ TimeZone: inject("timeZone") }]]);
});

test("a connection left open is named", async () => {
  const database = await createTestDatabase();
  const client = await connect(database.url);
  client.on("error", () => {}); // it is cut off
  await client.query("SELECT 'never closed'");
  await expect(database[Symbol.asyncDispose]()).rejects.toThrow(
    /1 connection.*\na test: idle, last query: SELECT 'never closed'/,
  );
});
