import { type ClerkCredentials, createClerkApi } from "./clerk/clerk-api.ts";
import type { Database } from "./database.ts";
import { type FullRunOptions, fullRun } from "./runs/full-run.ts";
import type { RunReport } from "./runs/report.ts";
import { type ApplicationTables, defaultTables } from "./tables.ts";
import { createWritePath, type WritePath } from "./write-path/write-path.ts";

export interface RollcallOptions {
  /** The host's own PrismaClient. */
  db: Database;
  clerk: ClerkCredentials;
  /** Which tables and columns are the application's; the default is `User` and `Customer` as in the schema. */
  tables?: ApplicationTables;
}

/** Every way in, over one write path. */
export interface Rollcall extends Pick<WritePath, "applySnapshots" | "applyDeletions"> {
  runs: {
    /** Carries every user of Clerk's into the database; see `fullRun`. */
    full(options?: FullRunOptions): Promise<RunReport>;
  };
}

// A page of 500 users takes Clerk a second or two; a call that takes this long will not be answered.
const PAGE_TIMEOUT_MS = 30_000;

/** The mirror of one Clerk instance in one database. Reads no environment and opens no connection of its own. */
export function createRollcall({ db, clerk, tables = defaultTables }: RollcallOptions): Rollcall {
  const writePath = createWritePath(db, tables);
  return {
    applySnapshots: writePath.applySnapshots,
    applyDeletions: writePath.applyDeletions,
    runs: {
      full: (options) => fullRun(createClerkApi(clerk, { timeoutMs: PAGE_TIMEOUT_MS }), writePath, options),
    },
  };
}
