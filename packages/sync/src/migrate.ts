import { migrateTables } from "@rollcall/migrations";
import { readPgError } from "./database/adapters/pg-error.ts";
import { rethrowAs } from "./database/adapters/rethrow.ts";
import { withSyncErrors } from "./database/database-error.ts";
import { openQueue } from "./runs/queue.ts";

/**
 * Creates or updates Rollcall's own tables, in the schema `rollcall`, and those of its queue, in `rollcall_queue`. Changes
 * nothing where they are up to date. Processes that call it at the same time take turns. No application table is changed.
 *
 * @param connectionString of a user that may create a schema, if there is none yet; not through a transaction pooler
 * @returns the names of the migrations applied now
 * @throws SyncError DATABASE_UNREACHABLE; SCHEMA_MISMATCH if a privilege is missing
 */
export async function migrate(connectionString: string): Promise<string[]> {
  const applied = await withSyncErrors(() => migrateTables(connectionString).catch(rethrowAs(readPgError)));
  await using _queue = await openQueue(connectionString);
  return applied.map(({ name }) => name);
}
