import { z } from "zod/v4";
import type { Database, Queries, TransactionLimits } from "../database.ts";
import type { DatabaseErrorReason } from "../database-error.ts";
import { readPgError } from "./pg-error.ts";
import { rethrowAs } from "./rethrow.ts";
import { limitStatements } from "./statement-limit.ts";

interface PostgresJsQueries {
  unsafe(text: string, values?: unknown[]): PromiseLike<Iterable<unknown>>;
}
/** The `sql` function of postgres.js 3. */
export interface PostgresJsLike extends PostgresJsQueries {
  options: { serializers: Record<number, ((value: unknown) => unknown) | undefined> };
  begin(options: string, work: (sql: PostgresJsQueries) => Promise<void>): Promise<unknown>;
}

const connectionError = z.object({
  code: z.enum(["CONNECTION_CLOSED", "CONNECTION_ENDED", "CONNECTION_DESTROYED", "CONNECT_TIMEOUT"]),
});
const constraintName = z.object({ constraint_name: z.string() });

function readPostgresJsError(error: unknown): DatabaseErrorReason | undefined {
  if (connectionError.safeParse(error).success) return { kind: "disconnected" };
  const reason = readPgError(error);
  const constraint = constraintName.safeParse(error).data?.constraint_name;
  return reason?.kind === "refused" ? { ...reason, constraint } : reason;
}

const rethrow = rethrowAs(readPostgresJsError);

const queries = (sql: PostgresJsQueries, write: (value: unknown) => unknown): Queries => ({
  query: async (text, values = []) => {
    try {
      return [...(await sql.unsafe(text, values.map(write)))];
    } catch (error) {
      return rethrow(error);
    }
  },
});

const JSONB = 3802; // the type's oid

/**
 * How a value is handed over: postgres.js refuses undefined. It writes an object as JSON, unless Drizzle, which works over
 * the same client, has taken that away: then it is done here, and only then, since a text would be written as JSON once more.
 */
function valueWriter({ options }: PostgresJsLike): (value: unknown) => unknown {
  const probe = {};
  const isTakenAway = options.serializers[JSONB]?.(probe) === probe;
  return (value) => (isTakenAway && isPlainObject(value) ? JSON.stringify(value) : (value ?? null));
}

const isPlainObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** The `sql` of postgres.js as the engine's database. Sessions may be in any time zone. */
export function postgresJsDatabase(sql: PostgresJsLike): Database {
  const write = valueWriter(sql);
  return {
    ...queries(sql, write),
    async transaction<T>(work: (transaction: Queries) => Promise<T>, limits?: TransactionLimits): Promise<T> {
      const results: { value: T }[] = [];
      await sql
        .begin("isolation level read committed", async (client) => {
          const transaction = queries(client, write);
          await limitStatements(transaction, limits);
          results.push({ value: await work(transaction) });
        })
        .catch(rethrow);
      const [result] = results;
      if (!result) throw new Error("postgres.js resolved a transaction that did not run");
      return result.value;
    },
  };
}
