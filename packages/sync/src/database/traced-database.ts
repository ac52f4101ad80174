import { withSpan } from "../tracing.ts";
import type { Database, Queries } from "./database.ts";

/**
 * The same database, with a span for each transaction and for each statement that has a name. The span holds the name and the
 * number of rows, never the text or a parameter.
 */
export function tracedDatabase(db: Database, nameOf: (text: string) => string | undefined): Database {
  const traced = (queries: Queries): Queries => ({
    query(text, values) {
      const name = nameOf(text);
      if (name === undefined) return queries.query(text, values);
      return withSpan(`postgres ${name}`, { "db.operation.name": name }, async ({ note }) => {
        const rows = await queries.query(text, values);
        note({ "rollcall.rows": rows.length });
        return rows;
      });
    },
  });
  return {
    ...traced(db),
    transaction: (work, limits) =>
      withSpan("postgres transaction", {}, () => db.transaction((transaction) => work(traced(transaction)), limits)),
  };
}
