import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "@rollcall/db/client";
import pg from "pg";
import postgres from "postgres";
import { z } from "zod/v4";
import { pgDatabase } from "../src/database/adapters/pg.ts";
import { postgresJsDatabase } from "../src/database/adapters/postgres-js.ts";
import { prismaDatabase, statementNameGenerator } from "../src/database/adapters/prisma.ts";
import type { Database } from "../src/database/database.ts";

/** What a host application speaks to its database with. */
export const driverSchema = z.enum(["prisma", "pg", "postgres-js"]);
export type Driver = z.infer<typeof driverSchema>;

/** The engine's database, over a client of a host application's own. */
export interface HostDatabase extends Database, AsyncDisposable {}

export interface HostClientOptions {
  connections?: number;
  /** How long it waits for a connection; postgres.js waits forever for one of its own to be free. */
  connectMs?: number;
  /** How long it waits for an answer; default forever. postgres.js has no such limit. */
  queryMs?: number;
}

export function openOver(
  driver: Driver,
  connectionString: string,
  { connections = 8, connectMs = 10_000, queryMs = 0 }: HostClientOptions = {},
): HostDatabase {
  const options = { connectionString, max: connections, connectionTimeoutMillis: connectMs, query_timeout: queryMs };
  switch (driver) {
    case "prisma": {
      const prisma = new PrismaClient({ adapter: new PrismaPg(options, { statementNameGenerator }) });
      return { ...prismaDatabase(prisma), [Symbol.asyncDispose]: () => prisma.$disconnect() };
    }
    case "pg": {
      const pool = new pg.Pool(options);
      pool.on("error", () => {}); // a connection that is cut while idle
      return { ...pgDatabase(pool), [Symbol.asyncDispose]: () => pool.end() };
    }
    case "postgres-js": {
      const sql = postgres(connectionString, { max: connections, connect_timeout: connectMs / 1_000 });
      return { ...postgresJsDatabase(sql), [Symbol.asyncDispose]: () => sql.end({ timeout: 1 }) };
    }
  }
}
