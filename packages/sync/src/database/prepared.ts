import { createHash } from "node:crypto";
import type { Logger } from "../logger.ts";
import type { Database } from "./database.ts";
import { DatabaseError } from "./database-error.ts";

const MARK = /^\/\* (rollcall_[0-9a-f]{16}) \*\/ /;

/**
 * Marks a statement to be prepared once on each connection: planning a statement for one user takes four times as long as
 * running it. Never mark one for a batch: PostgreSQL keeps the plan that suits the first few.
 *
 * The name is a digest of the text, so behind a pooler, which gives a server's connection to one process after another, a name
 * always means the same statement.
 */
export const prepared = (text: string): string =>
  `/* rollcall_${createHash("sha256").update(text).digest("hex").slice(0, 16)} */ ${text}`;

/** The name of a statement that is marked to be prepared; undefined for any other. */
export const statementName = (text: string): string | undefined => MARK.exec(text)?.[1];

const withoutMark = (text: string): string => text.replace(MARK, "");

/**
 * What PostgreSQL answers where a prepared statement cannot be used: invalid_sql_statement_name and duplicate_prepared_statement
 * behind a transaction pooler that does not track them (PgBouncer before 1.21, or `max_prepared_statements = 0`), and
 * feature_not_supported after a column's type was changed ("cached plan must not change result type").
 */
const UNUSABLE = new Set(["26000", "42P05", "0A000"]);

const UNPREPARED =
  "the connection keeps no prepared statements: each one is planned again, which takes more of the database's CPU";

export interface PreparedStatements {
  /** The same database. Marked statements are prepared once `start` was called, as long as the server's connections remember them. */
  db: Database;
  /** Call it once the tables are large enough: a plan for nearly empty tables is kept, and reads large ones from end to end. */
  start(): void;
}

export function preparedStatements(client: Database, logger: Logger): PreparedStatements {
  let state: "waiting" | "started" | "unusable" = "waiting";
  return {
    db: {
      ...client,
      async query(text, values) {
        if (statementName(text) === undefined) return client.query(text, values);
        if (state !== "started") return client.query(withoutMark(text), values);
        try {
          return await client.query(text, values);
        } catch (error) {
          const sqlState = error instanceof DatabaseError && error.reason.kind === "refused" && error.reason.sqlState;
          if (!sqlState || !UNUSABLE.has(sqlState)) throw error;
          // It failed before it ran, and in no transaction: running it again repeats nothing.
          // Of several concurrent failures, one logs.
          if (state === "started") logger.warn({ event: "statements_unprepared", sqlState }, UNPREPARED);
          state = "unusable";
          return client.query(withoutMark(text), values);
        }
      },
    },
    start() {
      if (state === "waiting") state = "started";
    },
  };
}
