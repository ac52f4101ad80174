import { createRollcall, type Rollcall, type RollcallOptions } from "rollcall";
import { createRollcallAuth, createRollcallHandlers } from "rollcall/next";
import { type PgPoolLike, pgDatabase } from "rollcall/pg";
import { type PostgresJsLike, postgresJsDatabase } from "rollcall/postgres-js";
import { type PrismaClientLike, prismaDatabase } from "rollcall/prisma";

declare const pool: PgPoolLike;
declare const sql: PostgresJsLike;
declare const prisma: PrismaClientLike;
export const databases: RollcallOptions["db"][] = [postgresJsDatabase(sql), prismaDatabase(prisma), prisma];

export const rollcall: Rollcall = createRollcall({
  db: pgDatabase(pool),
  clerk: { secretKey: "sk_test_none", webhookSigningSecret: undefined },
  logger: console,
});

export const auth = createRollcallAuth(rollcall, { publishableKey: "pk_test_none" });
export const handlers = createRollcallHandlers(rollcall, { ...auth, cronSecret: undefined });

export const GET: (request: Request) => Promise<Response> = handlers.all;
export const email: Promise<string | null> = auth.requireUser().then((user) => user.email);
