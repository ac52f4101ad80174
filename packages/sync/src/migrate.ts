import { migrateTables, tablesSql } from "@rollcall/migrations";
import { readPgError } from "./database/adapters/pg-error.ts";
import { rethrowAs } from "./database/adapters/rethrow.ts";
import { readDatabaseError, withSyncErrors } from "./database/database-error.ts";
import { openQueue, queueSql } from "./runs/queue.ts";
import { SyncError } from "./sync-error.ts";

/**
 * Creates or updates Rollcall's own tables, in the schema `rollcall`, and those of its queue, in `rollcall_queue`. Changes
 * nothing if they are up to date. Processes that call it at the same time take turns. No application table is changed.
 *
 * @param connectionString of a user that may create a schema, if there is none yet; not through a transaction pooler
 * @returns the names of the migrations applied now
 * @throws SyncError DATABASE_UNREACHABLE; SCHEMA_MISMATCH if a privilege is missing
 */
export async function migrate(connectionString: string): Promise<string[]> {
  const applied = await withSyncErrors(() =>
    migrateTables(connectionString).catch(rethrowAs(readPgError)).catch(namePrivilege),
  );
  await using _queue = await openQueue(connectionString);
  return applied.map(({ name }) => name);
}

/**
 * What `migrate` does to a database without Rollcall's tables, as SQL to run by hand, in one go. `migrate` changes nothing after
 * it.
 */
export const constructionSql = (): string => `${tablesSql()}\n${queueSql()}`;

const INSUFFICIENT_PRIVILEGE = "42501";

function namePrivilege(cause: unknown): never {
  const failure = readDatabaseError(cause);
  if (failure?.kind !== "schema" || failure.sqlState !== INSUFFICIENT_PRIVILEGE) throw cause;
  throw new SyncError(
    "SCHEMA_MISMATCH",
    "The database's user may not create or change the schema rollcall. Migrate as a user who may (GRANT CREATE ON DATABASE, or the schema's owner), then grant the application's user USAGE ON SCHEMA rollcall, and SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA rollcall",
    { cause },
  );
}
