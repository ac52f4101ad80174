import { z } from "zod/v4";
import type { Database, Queries } from "../database.ts";
import type { DatabaseErrorReason } from "../database-error.ts";
import { readPgError } from "./pg-error.ts";
import { rethrowAs } from "./rethrow.ts";

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

// A PrismaClientKnownRequestError; `errorCode` is what an initialization error has instead of `code`.
const prismaError = z.object({
  code: z.string().optional(),
  errorCode: z.string().optional(),
  meta: z
    .object({
      code: z.string().nullish(),
      driverAdapterError: z
        .object({ cause: z.object({ originalCode: z.string().optional(), originalMessage: z.string().optional() }) })
        .optional(),
    })
    .optional(),
});

const TRANSACTION_LATE = "P2028"; // it could not begin, or did not end, in time
const RAW_QUERY_FAILED = "P2010";
const WRITE_CONFLICT = "P2034"; // of a commit; PostgreSQL's code is not passed on

/** Reads an error of Prisma's, or of the driver below it, which Prisma passes on as it is. */
function readPrismaError(error: unknown): DatabaseErrorReason | undefined {
  const parsed = prismaError.safeParse(error);
  if (!parsed.success) return undefined;
  const { code, errorCode, meta } = parsed.data;
  const prismaCode = code ?? errorCode;
  if (prismaCode === undefined || !/^P\d{4}$/.test(prismaCode)) return readPgError(error);
  if (prismaCode === TRANSACTION_LATE) return { kind: "too_late" };
  if (prismaCode === WRITE_CONFLICT) return { kind: "refused", sqlState: "40001", said: "" };
  const cause = meta?.driverAdapterError?.cause;
  const sqlState = cause?.originalCode ?? (prismaCode === RAW_QUERY_FAILED ? meta?.code : undefined) ?? "";
  if (!/^[0-9A-Z]{5}$/.test(sqlState)) return { kind: "disconnected" };
  const said = cause?.originalMessage ?? "";
  // The name of a violated constraint stands in the message alone.
  return { kind: "refused", sqlState, constraint: said.match(/"(.+)"/)?.[1], said };
}

const rethrow = rethrowAs(readPrismaError);

const queries = (client: RawQueries): Queries => ({
  query: async (text, values = []) => {
    try {
      return await client.$queryRawUnsafe<unknown[]>(text, ...values);
    } catch (error) {
      return rethrow(error);
    }
  },
});

/** A host's own PrismaClient as the engine's database. It opens no connection of its own. */
export function prismaDatabase(client: PrismaClientLike): Database {
  return {
    ...queries(client),
    transaction: (work, limits) =>
      client
        .$transaction((transaction) => work(queries(transaction)), { isolationLevel: "ReadCommitted", ...limits })
        .catch(rethrow),
  };
}
