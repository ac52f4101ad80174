import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "@rollcall/db/client";
import pg from "pg";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readPgError } from "../../src/database/adapters/pg-error.ts";
import { readPostgresJsError } from "../../src/database/adapters/postgres-js.ts";
import { readPrismaError } from "../../src/database/adapters/prisma.ts";
import { type Host, openHost } from "../write-path/host.ts";

/** A raw client, without an adapter of ours. */
interface Raw extends AsyncDisposable {
  query(text: string): PromiseLike<unknown>;
}
const drivers = [
  {
    driver: "prisma",
    read: readPrismaError,
    connect: (connectionString: string): Raw => {
      const prisma = new PrismaClient({
        adapter: new PrismaPg({ connectionString, max: 1, connectionTimeoutMillis: 2_000 }),
      });
      return { query: (text) => prisma.$queryRawUnsafe(text), [Symbol.asyncDispose]: () => prisma.$disconnect() };
    },
  },
  {
    driver: "pg",
    read: readPgError,
    connect: (connectionString: string): Raw => {
      const pool = new pg.Pool({ connectionString, max: 1, connectionTimeoutMillis: 2_000 });
      pool.on("error", () => {});
      return { query: (text) => pool.query(text), [Symbol.asyncDispose]: () => pool.end() };
    },
  },
  {
    driver: "postgres.js",
    read: readPostgresJsError,
    connect: (connectionString: string): Raw => {
      const sql = postgres(connectionString, { max: 1, connect_timeout: 2, onnotice: () => {} });
      return { query: (text) => sql.unsafe(text), [Symbol.asyncDispose]: () => sql.end({ timeout: 1 }) };
    },
  },
];

let host: Host;
beforeAll(async () => {
  host = await openHost();
  await host.sql.query(`insert into "User" (id, email) values ('user_Ann', 'ann@example.com')`);
});
afterAll(() => host[Symbol.asyncDispose]());

const thrown = async (work: PromiseLike<unknown>): Promise<unknown> =>
  work.then(
    () => "no error",
    (error: unknown) => error,
  );
const otherUrl = (change: (url: URL) => void): string => {
  const url = new URL(host.url);
  change(url);
  return url.href;
};

describe.each(drivers)("an error of $driver", ({ read, connect }) => {
  const reasonOf = async (text: string, url = host.url) => {
    await using client = connect(url);
    return read(await thrown(client.query(text)));
  };

  test("for a violated unique index names the index, whatever stands in the data", async () => {
    const duplicate = `insert into "User" (id, email) values ('user_"Bob"', 'ann@example.com')`;
    expect(await reasonOf(duplicate)).toMatchObject({
      kind: "refused",
      sqlState: "23505",
      constraint: "User_email_key",
    });
  });

  test.each([
    ["select no_such_column", "42703"],
    ["select '2026-13-01'::date", "22008"],
    ["do $$ begin raise exception 'mine' using errcode = 'P2010'; end $$", "P2010"],
    ["do $$ begin raise exception 'again' using errcode = 'serialization_failure'; end $$", "40001"],
  ])("of `%s` has SQLSTATE %s", async (text, sqlState) => {
    expect(await reasonOf(text)).toMatchObject({ kind: "refused", sqlState });
  });

  test("for a statement that took longer than the server allows has its SQLSTATE", async () => {
    const name = new URL(host.url).pathname.slice(1);
    await host.sql.query(`alter database "${name}" set statement_timeout = 50`);
    const reason = await reasonOf("select pg_sleep(10)::text");
    await host.sql.query(`alter database "${name}" reset statement_timeout`);
    expect(reason).toMatchObject({ kind: "refused", sqlState: "57014" });
  });

  test("for a closed port is a lost connection", async () => {
    expect(
      await reasonOf(
        "select 1",
        otherUrl((url) => {
          url.port = "1";
        }),
      ),
    ).toEqual({ kind: "disconnected" });
  });

  test("for a name that no server has is a lost connection", async () => {
    expect(
      await reasonOf(
        "select 1",
        otherUrl((url) => {
          url.hostname = "no-such-host.invalid";
        }),
      ),
    ).toEqual({ kind: "disconnected" });
  });

  test("for a server that offers no TLS to one who insists on it is a lost connection", async () => {
    const error = await reasonOf(
      "select 1",
      otherUrl((url) => url.searchParams.set("sslmode", "require")),
    );
    expect(error).toEqual({ kind: "disconnected" });
  });

  test("for a database, or a role, that does not exist is the server's answer, or a lost connection", async () => {
    const database = await reasonOf(
      "select 1",
      otherUrl((url) => {
        url.pathname = "/no_such_database";
      }),
    );
    expect(database).toMatchObject({ kind: "refused", sqlState: "3D000" });
    const role = await reasonOf(
      "select 1",
      otherUrl((url) => {
        url.username = "no_such_role";
      }),
    );
    expect(role).toMatchObject({ kind: "refused", sqlState: "28000" });
  });

  test("for a server that was told to end the session is the server's answer, or a lost connection", async () => {
    const reason = await reasonOf("select pg_terminate_backend(pg_backend_pid())");
    expect([{ kind: "disconnected" }, expect.objectContaining({ kind: "refused", sqlState: "57P01" })]).toContainEqual(
      reason,
    );
  });
});

const withCode = (code: unknown, message = "said", more = {}) => Object.assign(new Error(message), { code, ...more });

test.each<[string, unknown]>([
  ["a mistake in a program, by Node's rules", withCode("ERR_INVALID_ARG_TYPE")],
  ["a number for a code", withCode(40001, "x", { severity: "ERROR" })],
  ["an error without a code", new Error("connection lost, somewhere")],
  ["a value that is no error", "Connection terminated"],
  ["nothing", undefined],
])("%s is no error of a database", (_, error) => {
  for (const { read } of drivers) expect(read(error)).toBeUndefined();
});

test("a code of Prisma's is a SQLSTATE neither to pg nor to postgres.js", () => {
  for (const read of [readPgError, readPostgresJsError]) expect(read(withCode("P2010"))).toBeUndefined();
});

test.each([
  ...["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN", "ENOENT"].map((code) =>
    withCode(code),
  ),
  ...["SELF_SIGNED_CERT_IN_CHAIN", "DEPTH_ZERO_SELF_SIGNED_CERT", "CERT_HAS_EXPIRED"].map((code) => withCode(code)),
  ...["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "ERR_TLS_CERT_ALTNAME_INVALID", "ERR_SSL_WRONG_VERSION_NUMBER"].map((code) =>
    withCode(code),
  ),
  ...[
    "Connection terminated unexpectedly",
    "Connection terminated due to connection timeout",
    "timeout expired",
    "Query read timeout",
    "Client has encountered a connection error and is not queryable",
    "Client was closed and is not queryable",
    "Cannot use a pool after calling end on the pool",
    "SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string",
  ].map((message) => new Error(message)),
])("%s is a lost connection", (error) => {
  for (const { read } of drivers) expect(read(error)).toEqual({ kind: "disconnected" });
});

test.each(["CONNECTION_CLOSED", "CONNECTION_ENDED", "CONNECTION_DESTROYED", "CONNECT_TIMEOUT"])(
  "%s of postgres.js is a lost connection",
  (code) => {
    expect(readPostgresJsError(withCode(code))).toEqual({ kind: "disconnected" });
  },
);

test("a pool without a free connection is told from a database that is away", () => {
  const exhausted = { kind: "pool_exhausted" };
  expect(readPgError(new Error("timeout exceeded when trying to connect"))).toEqual(exhausted);
  expect(readPrismaError(new Error("timeout exceeded when trying to connect"))).toEqual(exhausted);
  expect(readPrismaError(withCode("P2024"))).toEqual(exhausted);
});

test("Prisma's transaction that came too late, and its commit that collided, are told apart", () => {
  expect(readPrismaError(withCode("P2028"))).toEqual({ kind: "too_late" });
  expect(readPrismaError(withCode("P2034"))).toMatchObject({ kind: "refused", sqlState: "40001" });
});

test("a server's message in another language has the same code; a constraint that only its words name is not guessed", () => {
  const said = "doppelter Schlüsselwert verletzt Unique-Constraint »User_email_key«";
  const answer = withCode("23505", said, { severity: "FEHLER" });
  const refused = { kind: "refused", sqlState: "23505", said };
  expect(readPgError(Object.assign(answer, { constraint: "User_email_key" }))).toEqual({
    ...refused,
    constraint: "User_email_key",
  });
  expect(
    readPrismaError(
      withCode("P2010", "", {
        meta: { driverAdapterError: { cause: { originalCode: "23505", originalMessage: said } } },
      }),
    ),
  ).toEqual({ ...refused, constraint: undefined });
});
