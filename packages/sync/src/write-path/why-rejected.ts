import type { Rejected } from "./bisect-rejected.ts";

export const UNIQUE_VIOLATION = "23505"; // unique_violation

/** If another row has a value that must be unique, the column, by the index that was violated. */
export function whyRejected(
  { sqlState, constraint = "" }: Omit<Rejected<unknown>, "item">,
  uniqueColumns: ReadonlyMap<string, string>,
): string {
  const column = sqlState === UNIQUE_VIOLATION ? uniqueColumns.get(constraint) : undefined;
  return `SQLSTATE ${sqlState}${column === undefined ? "" : `: another row has the same ${column}`}`;
}
