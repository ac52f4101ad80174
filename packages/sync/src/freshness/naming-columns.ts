import type { Database } from "../database/database.ts";
import { readDatabaseError } from "../database/database-error.ts";
import type { ApplicationTables } from "../database/tables.ts";
import { checkTables } from "../write-path/check-tables.ts";

/**
 * A read that says which column is wrong if its statement does not fit the tables. PostgreSQL's answer would be only a
 * SQLSTATE.
 *
 * @returns `read`, which then throws SyncError SCHEMA_MISMATCH with every finding and the statement that fixes it
 */
export const namingColumns =
  <Arguments extends unknown[], Result>(
    db: Database,
    tables: ApplicationTables,
    read: (...asked: Arguments) => Promise<Result>,
  ) =>
  async (...asked: Arguments): Promise<Result> => {
    try {
      return await read(...asked);
    } catch (error) {
      if (readDatabaseError(error)?.kind === "schema") await checkTables(db, tables);
      throw error;
    }
  };
