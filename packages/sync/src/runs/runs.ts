import type { ClerkApi } from "../clerk/clerk-api.ts";
import { countedApi } from "../clerk/counted-api.ts";
import type { Database } from "../database/database.ts";
import { withSyncErrors } from "../database/database-error.ts";
import type { InstanceGuard } from "../instance/guard.ts";
import { SyncError, type SyncErrorCode } from "../sync-error.ts";
import type { WritePath } from "../write-path/write-path.ts";
import { type Background, type BackgroundParts, createBackground } from "./background.ts";
import { openQueue } from "./queue.ts";
import type { Run } from "./run.ts";
import {
  type CancelResult,
  type ConfirmResult,
  createRunStore,
  type LastOptions,
  type StartedRun,
  type StartOptions,
} from "./run-store.ts";
import { type WorkOptions, workOnRun } from "./worker.ts";

/**
 * Runs over Clerk's whole directory. All methods throw SyncError DATABASE_UNREACHABLE or SCHEMA_MISMATCH; `start` and `work`
 * also INSTANCE_REFUSED, CLERK_UNAUTHORIZED and NOT_CONFIGURED, and then leave the run to processes with the right key.
 */
export interface Runs extends Background {
  /**
   * Plans a run, or joins the one that is under way; one that failed in the last 24 hours goes on. Nothing is done before
   * a worker works on it. An incremental run where no run was ever done becomes a full one. A dry run is
   * never joined: it cancels the one before, which only the process that works on it could continue.
   */
  start(options: StartOptions): Promise<StartedRun>;
  /**
   * Works on the run under way, or resumes one as `resume` does, in any number of processes, to its end or until the
   * signal. Its row shows how far it has come and how it ended.
   *
   * @throws SyncError also NOT_CONFIGURED without a `connectionString`; and whatever makes this process unfit for the work
   * while it works: then the run is left to others
   */
  work(options?: WorkOptions): Promise<void>;
  /**
   * The run to work on: the one under way, or the newest, where that failed between ten minutes and 24 hours ago: it goes
   * on then. Null where there is nothing to do.
   */
  resume(): Promise<Run | null>;
  /**
   * Would `work` find a queue that it may use, and a job get there from the host's connection?
   *
   * @throws SyncError what `work` would throw at its beginning
   */
  probe(): Promise<void>;
  /** Stops a run for good: after the page in hand where it is under way. One that was cancelled before is `cancelled`, too. */
  cancel(runId: string): Promise<CancelResult>;
  /**
   * Confirms the deletions of a run that waits for that, so that it goes on, if no other is under way. One that was
   * confirmed before and goes on is `confirmed`, too.
   */
  confirm(runId: string): Promise<ConfirmResult>;
  get(runId: string): Promise<Run | null>;
  /** The run under way, if there is one; dry runs aside. */
  active(): Promise<Run | null>;
  /** The newest first. `before` = the last run's id of the page before. */
  list(page: { before: string | null; limit: number }): Promise<Run[]>;
  /** The newest that is no dry run, of one kind or in certain states where asked. */
  last(only?: LastOptions): Promise<Run | null>;
}

export interface RunsParts extends BackgroundParts {
  db: Database;
  connectionString: string | undefined;
  clerk: ClerkApi;
  writePath: WritePath;
  createGuard: (clerk: ClerkApi) => Pick<InstanceGuard, "instanceId">;
}

// Time may mend these, and a run waits for it; any other answer would only fail the run.
const PASSING = new Set<SyncErrorCode>(["CLERK_RATE_LIMITED", "CLERK_UNREACHABLE", "CLERK_TIMEOUT", "CLERK_ERROR"]);

export function createRuns({ connectionString, createGuard, ...parts }: RunsParts): Runs {
  const store = createRunStore(parts.db, parts.logger);
  const clerk = countedApi(parts.clerk);
  const { instanceId } = createGuard(clerk);
  /** A process with another instance's key, or with none that Clerk accepts, must neither start a run nor fail one. */
  async function check({ adopts }: { adopts: boolean }): Promise<void> {
    await parts.writePath.checkTables();
    await instanceId({ adopts }).catch((error: unknown) => {
      if (!(error instanceof SyncError) || !PASSING.has(error.code)) throw error;
    });
  }
  const work = (options: WorkOptions = {}) =>
    withSyncErrors(async () => {
      const url = needed(connectionString);
      await check({ adopts: false }); // a run that is no dry one adopts where it begins to write
      await workOnRun(options, { ...parts, clerk, instanceId, store, connectionString: url });
    });
  return {
    start: (options) =>
      withSyncErrors(async () => {
        await check({ adopts: !options.dryRun });
        return store.start(options);
      }),
    resume: () => withSyncErrors(() => store.resume()),
    probe: () =>
      withSyncErrors(async () => {
        await using queue = await openQueue(needed(connectionString), { logger: parts.logger });
        await queue.probe(parts.db);
      }),
    cancel: (runId) => withSyncErrors(() => store.cancel(runId)),
    confirm: (runId) => withSyncErrors(() => store.confirm(runId)),
    get: (runId) => withSyncErrors(() => store.get(runId)),
    active: () => withSyncErrors(() => store.active()),
    list: (page) => withSyncErrors(() => store.list(page)),
    last: (only) => withSyncErrors(() => store.last(only)),
    work,
    ...createBackground(work, parts),
  };
}

function needed(connectionString: string | undefined): string {
  if (connectionString) return connectionString;
  throw new SyncError("NOT_CONFIGURED", "createRollcall was given no connectionString: workers need one of their own");
}
