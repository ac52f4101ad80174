import { z } from "zod/v4";
import type { Database, Queries, TransactionLimits } from "../database.ts";
import { DatabaseError, type DatabaseErrorReason } from "../database-error.ts";
import { readPgError } from "./pg-error.ts";
import { rethrowAs } from "./rethrow.ts";
import { endsWithin, limitsOf, serverLimits, tooLate, workWithin } from "./transaction-limits.ts";

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

/** Reads an error of postgres.js; undefined for any other error. */
export function readPostgresJsError(error: unknown): DatabaseErrorReason | undefined {
  if (connectionError.safeParse(error).success) return { kind: "disconnected" };
  const reason = readPgError(error);
  const constraint = constraintName.safeParse(error).data?.constraint_name;
  return reason?.kind === "refused" ? { ...reason, constraint } : reason;
}

const rethrow = rethrowAs(readPostgresJsError);
const lost = () => Promise.reject(new DatabaseError({ kind: "disconnected" }, new Error("the connection is closed")));
const never = () => new Promise<never>(() => {});

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
 * Prepares a value for postgres.js, which refuses undefined. It writes an object as JSON, unless Drizzle, on the same client, has
 * switched that off. Then, and only then, it is done here: otherwise a text would be encoded as JSON twice.
 */
function valueWriter({ options }: PostgresJsLike): (value: unknown) => unknown {
  const probe = {};
  const isSwitchedOff = options.serializers[JSONB]?.(probe) === probe;
  return (value) => (isSwitchedOff && isPlainObject(value) ? JSON.stringify(value) : (value ?? null));
}

const isPlainObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/**
 * The `sql` of postgres.js as the engine's database. It opens no connection of its own, and sessions may be in any time zone.
 * Users of Drizzle over postgres.js pass `db.$client`. A `transform` that renames columns (`postgres.camel`) does no harm.
 *
 * postgres.js has no limit for a statement, nor for the wait for a free connection, and keeps a connection that went silent
 * until the system notices (`keep_alive`). Callers get an answer in time; the connection is lost until then. It also waits forever
 * behind a transaction pooler that keeps no prepared statements, so none is prepared here.
 */
export function postgresJsDatabase(sql: PostgresJsLike): Database {
  const write = valueWriter(sql);
  return {
    ...queries(sql, write),
    async transaction<T>(work: (transaction: Queries) => Promise<T>, limits?: TransactionLimits): Promise<T> {
      const { maxWait, timeout } = limitsOf(limits);
      const results: { value: T }[] = [];
      let givenUp = false;
      let closed = false;
      const whole = sql.begin("isolation level read committed", async (client) => {
        if (givenUp) throw tooLate(maxWait);
        const { query } = queries(client, write);
        const whileOpen: Queries = { query: (text, values) => (closed ? lost() : query(text, values)) };
        try {
          await workWithin(timeout, whileOpen, async (transaction) => {
            await transaction.query(serverLimits(timeout));
            results.push({ value: await work(transaction) });
          });
        } finally {
          if (closed) await never();
        }
      });
      // The transaction fails as soon as its connection closes, while its work may still be running. A statement on the closed
      // connection, also postgres.js's own COMMIT or ROLLBACK, would write to no socket and end the process.
      whole.catch(() => {
        closed = true;
      });
      try {
        await endsWithin(maxWait + timeout, whole);
      } catch (error) {
        givenUp = true;
        return rethrow(error);
      }
      const [result] = results;
      if (!result) throw new Error("postgres.js resolved a transaction that did not run");
      return result.value;
    },
  };
}
