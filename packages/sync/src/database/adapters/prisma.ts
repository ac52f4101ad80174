import { z } from "zod/v4";
import type { Database, Queries } from "../database.ts";
import type { DatabaseErrorReason } from "../database-error.ts";
import { statementName } from "../prepared.ts";
import { readPgError } from "./pg-error.ts";
import { rethrowAs } from "./rethrow.ts";
import { endsWithin, limitsOf } from "./transaction-limits.ts";

interface RawQueries {
  $queryRawUnsafe<T = unknown>(query: string, ...values: unknown[]): PromiseLike<T>;
}

/** A PrismaClient of 6.16 to 7, with a driver adapter: the two methods that are used. */
export interface PrismaClientLike extends RawQueries {
  $transaction<T>(
    work: (transaction: RawQueries) => Promise<T>,
    options?: { isolationLevel?: "ReadCommitted"; timeout?: number; maxWait?: number },
  ): Promise<T>;
}

const driverCause = z.object({ originalCode: z.string().optional(), originalMessage: z.string().optional() });
// What a refused commit is thrown as: the driver adapter's error as it is.
const commitError = z.object({ name: z.literal("DriverAdapterError"), cause: driverCause });
// A PrismaClientKnownRequestError; `errorCode` is what an initialization error has instead of `code`.
const prismaError = z.object({
  code: z.string().optional(),
  errorCode: z.string().optional(),
  meta: z
    .object({
      code: z.string().nullish(),
      driverAdapterError: z.object({ cause: driverCause }).optional(),
    })
    .optional(),
});

// Prisma has limits of its own, but then waits for the rollback: forever, on a connection that went silent.
const ROLLBACK_MS = 2_000;
const TRANSACTION_LATE = "P2028"; // it could not start, or did not end, in time
const POOL_EXHAUSTED = "P2024"; // of Prisma 6 without a driver adapter
const RAW_QUERY_FAILED = "P2010";
const WRITE_CONFLICT = "P2034"; // for a commit; PostgreSQL's code is not passed on

/** Reads an error of Prisma, or of the driver below it, which Prisma passes on unchanged. */
export function readPrismaError(error: unknown): DatabaseErrorReason | undefined {
  const commit = commitError.safeParse(error);
  if (commit.success) return answerOf(commit.data.cause.originalCode, commit.data.cause.originalMessage);
  const parsed = prismaError.safeParse(error);
  if (!parsed.success) return undefined;
  const { code, errorCode, meta } = parsed.data;
  const prismaCode = code ?? errorCode;
  if (prismaCode === undefined || !/^P\d{4}$/.test(prismaCode)) return readPgError(error);
  if (prismaCode === TRANSACTION_LATE) return { kind: "too_late" };
  if (prismaCode === POOL_EXHAUSTED) return { kind: "pool_exhausted" };
  if (prismaCode === WRITE_CONFLICT) return { kind: "refused", sqlState: "40001", said: "" };
  const cause = meta?.driverAdapterError?.cause;
  const sqlState = cause?.originalCode ?? (prismaCode === RAW_QUERY_FAILED ? meta?.code : undefined) ?? "";
  return answerOf(sqlState, cause?.originalMessage);
}

function answerOf(sqlState = "", said = ""): DatabaseErrorReason {
  if (!/^[0-9A-Z]{5}$/.test(sqlState)) return { kind: "disconnected" };
  // Only the message contains the name of a violated constraint.
  return { kind: "refused", sqlState, constraint: said.match(/"(.+)"/)?.[1], said };
}

const rethrow = rethrowAs(readPrismaError);

const queries = (client: RawQueries): Queries => ({
  query: async (text, values = []) => {
    try {
      return await client.$queryRawUnsafe<unknown[]>(text, ...values.map((value) => value ?? null));
    } catch (error) {
      return rethrow(error);
    }
  },
});

/**
 * For `@prisma/adapter-pg` of Prisma 7: `new PrismaPg(config, { statementNameGenerator })`. Statements for one user then take about a
 * third of the database's CPU. Every other statement gets PostgreSQL's unnamed statement, as without it.
 */
export const statementNameGenerator = ({ sql }: { sql: string }): string => statementName(sql) ?? "";

/** A host's own PrismaClient as the engine's database. It opens no connection of its own. */
export function prismaDatabase(client: PrismaClientLike): Database {
  return {
    ...queries(client),
    async transaction(work, limits) {
      const { maxWait, timeout } = limitsOf(limits);
      const options = { isolationLevel: "ReadCommitted", maxWait, timeout } as const;
      const whole = client.$transaction((transaction) => work(queries(transaction)), options);
      return endsWithin(maxWait + timeout + ROLLBACK_MS, whole).catch(rethrow);
    },
  };
}
