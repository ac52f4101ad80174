import type { ClerkApi } from "../clerk/clerk-api.ts";
import type { Database } from "../database.ts";
import { namingFailures } from "../database-error.ts";
import type { Logger } from "../logger.ts";
import { SyncError } from "../sync-error.ts";
import type { WritePath } from "../write-path/write-path.ts";
import type { Run } from "./run.ts";
import { createRunStore, type StartedRun, type StartOptions } from "./run-store.ts";
import { type WorkOptions, work } from "./work.ts";

/** Runs over Clerk's whole directory. All methods throw SyncError DATABASE_UNREACHABLE or SCHEMA_MISMATCH. */
export interface Runs {
  /**
   * Plans a run, or joins the one that is under way; one that failed in the last 24 hours goes on. Nothing is done before
   * somebody works on it. An incremental run where no run was ever done becomes a full one.
   */
  start(options: StartOptions): Promise<StartedRun>;
  /**
   * Works on the runs under way, in any number of processes, to their end or until the signal; each shows in its row how
   * far it has come and how it ended.
   *
   * @throws SyncError NOT_CONFIGURED without a `connectionString`, INSTANCE_REFUSED, and what asking Clerk for the instance throws
   */
  work(options?: WorkOptions): Promise<void>;
  /** Stops a run after the page in hand, or one that waits for good. @returns it as it stands then; null where there is none */
  cancel(runId: string): Promise<Run | null>;
  /** Lets a run go on that waits for its deletions to be confirmed. @returns it as it stands then; null where there is none */
  confirm(runId: string): Promise<Run | null>;
  get(runId: string): Promise<Run | null>;
  /** Those under way, dry runs among them. */
  active(): Promise<Run[]>;
  /** The newest first. `before` = the last run's id of the page before. */
  list(page: { before: string | null; limit: number }): Promise<Run[]>;
  /** The newest that is no dry run; of those that are done, or full, alone where asked. */
  last(only?: { done?: boolean; full?: boolean }): Promise<Run | null>;
}

export interface RunsParts {
  db: Database;
  connectionString: string | undefined;
  createClerk: () => ClerkApi;
  writePath: WritePath;
  checkInstance: (clerk: ClerkApi) => Promise<string>;
  logger: Logger;
}

export function createRuns({ connectionString, ...parts }: RunsParts): Runs {
  const store = createRunStore(parts.db);
  return {
    start: (options) => namingFailures(() => store.start(options)),
    cancel: (runId) => namingFailures(() => store.cancel(runId)),
    confirm: (runId) => namingFailures(() => store.confirm(runId)),
    get: (runId) => namingFailures(() => store.get(runId)),
    active: () => namingFailures(() => store.active()),
    list: (page) => namingFailures(() => store.list(page)),
    last: (only) => namingFailures(() => store.last(only)),
    work: (options = {}) =>
      namingFailures(async () => {
        if (!connectionString) {
          throw new SyncError(
            "NOT_CONFIGURED",
            "createRollcall was given no connectionString: workers need one of their own",
          );
        }
        await parts.writePath.checkTables();
        await work(options, { ...parts, store, connectionString });
      }),
  };
}
