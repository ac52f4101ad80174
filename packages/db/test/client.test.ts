import { once } from "node:events";
import { createServer } from "node:net";
import { createTestDatabase } from "@rollcall/dev-stack/testing";
import pg from "pg";
import { expect, test } from "vitest";
import { createClient, type PrismaClient } from "../src/client.ts";

/** A client that closes itself. */
function openClient(url: string, options?: Parameters<typeof createClient>[1]): PrismaClient & AsyncDisposable {
  const client = createClient(url, options);
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.$disconnect() });
}

test("the client and a session in Tokyo read each other's times correctly", async () => {
  await using database = await createTestDatabase({ timeZone: "Asia/Tokyo" });
  await using client = openClient(database.url);
  const tokyo = new pg.Client(database.url);
  await tokyo.connect();
  try {
    expect((await tokyo.query("SHOW timezone")).rows).toEqual([{ TimeZone: "Asia/Tokyo" }]);
    const written = new Date("2026-02-28T23:30:15.123Z");

    await client.user.create({ data: { id: "by client", emailVerified: written } });
    const byTokyo = await tokyo.query(`SELECT "emailVerified" FROM "User" WHERE id = 'by client'`);
    expect(byTokyo.rows).toEqual([{ emailVerified: written }]);

    await tokyo.query(`INSERT INTO "User" (id, "emailVerified") VALUES ('by tokyo', $1)`, [written.toISOString()]);
    const byClient = await client.user.findUniqueOrThrow({ where: { id: "by tokyo" } });
    expect(byClient.emailVerified).toEqual(written);

    // The database's own clock, too.
    const { createdAt } = await client.user.findUniqueOrThrow({ where: { id: "by client" } });
    const own = await tokyo.query(`SELECT "createdAt" FROM "User" WHERE id = 'by client'`);
    expect(own.rows).toEqual([{ createdAt }]);
  } finally {
    await tokyo.end();
  }
});

test("many callers share the client's connections", async () => {
  await using database = await createTestDatabase();
  await using client = openClient(database.url, { maxConnections: 3 });

  const backends = await Promise.all(
    Array.from(
      { length: 30 },
      () => client.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid, pg_sleep(0.01)::text`,
    ),
  );

  expect(new Set(backends.flat().map(({ pid }) => pid)).size).toBe(3);
});

test("schema= is where the client finds its tables, in raw statements, too", async () => {
  await using database = await createTestDatabase();
  await using client = openClient(`${database.url}?schema=roll%20call`);
  await client.$executeRaw`CREATE SCHEMA "roll call"`;
  await client.$executeRaw`CREATE TABLE "User" (LIKE public."User" INCLUDING ALL)`;

  await client.user.create({ data: { id: "here" } });

  expect(await client.$queryRaw`SELECT id FROM "roll call"."User"`).toEqual([{ id: "here" }]);
  expect(await client.$queryRaw`SELECT id FROM public."User"`).toEqual([]);
});

test("a server that refuses connections is an error that names it, and not the password", async () => {
  await using client = openClient("postgresql://alice:hush@127.0.0.1:1/rollcall");

  const error = await client.user.count().catch((reason: unknown) => reason);

  expect(error).toMatchObject({ code: "P1001", message: expect.stringContaining("127.0.0.1:1") });
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("hush");
});

test("a server that never answers is an error, long before the system's own timeout", { timeout: 15_000 }, async () => {
  const silent = createServer().listen(0, "127.0.0.1");
  await once(silent, "listening");
  const address = silent.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  const sockets = new Set<{ destroy(): void }>();
  silent.on("connection", (socket) => sockets.add(socket));
  try {
    await using client = openClient(`postgresql://alice:hush@127.0.0.1:${port}/rollcall`);
    const error = await client.user.count().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ message: expect.stringContaining("timeout") });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("hush");
  } finally {
    for (const socket of sockets) socket.destroy();
    silent.close();
  }
});

test("a statement that takes too long closes its connection, and the next one does not wait for it", async () => {
  await using database = await createTestDatabase();
  await using client = openClient(database.url, { maxConnections: 1, queryTimeoutMs: 500 });
  await client.user.count();
  const late = client.$transaction((transaction) => transaction.$queryRaw`SELECT pg_sleep(2)::text`);
  await expect(late).rejects.toThrow(/Query read timeout/);
  const from = performance.now();
  expect(await client.user.count()).toBe(0);
  expect(performance.now() - from).toBeLessThan(1_000);
});
