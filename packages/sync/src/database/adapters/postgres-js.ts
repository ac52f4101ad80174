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

const queries = (sql: PostgresJsQueries): Queries => ({
  query: async (text, values = []) => {
    // It refuses undefined.
    const known = values.map((value) => value ?? null);
    try {
      return [...(await sql.unsafe(text, known))];
    } catch (error) {
      return rethrow(error);
    }
  },
});

/**
 * The `sql` of postgres.js as the engine's database. It opens no connection of its own, and sessions may be in any time zone.
 * Users of Drizzle over postgres.js pass `db.$client`. A `transform` that renames columns (`postgres.camel`) does no harm.
 *
 * postgres.js has no limit for a statement, nor for the wait for a free connection, and keeps a connection that went silent
 * until the system notices (`keep_alive`). Callers get an answer in time; the connection is lost until then.
 */
export function postgresJsDatabase(sql: PostgresJsLike): Database {
  return {
    ...queries(sql),
    async transaction<T>(work: (transaction: Queries) => Promise<T>, limits?: TransactionLimits): Promise<T> {
      const { maxWait, timeout } = limitsOf(limits);
      const results: { value: T }[] = [];
      let givenUp = false;
      let closed = false;
      const whole = sql.begin("isolation level read committed", async (client) => {
        if (givenUp) throw tooLate(maxWait);
        const { query } = queries(client);
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
