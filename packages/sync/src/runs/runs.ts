import type { ClerkApi } from "../clerk/clerk-api.ts";
import { countedApi } from "../clerk/counted-api.ts";
import type { Database } from "../database/database.ts";
import { withSyncErrors } from "../database/database-error.ts";
import type { InstanceGuard } from "../instance/guard.ts";
import { SyncError, type SyncErrorCode } from "../sync-error.ts";
import type { WritePath } from "../write-path/write-path.ts";
import { type Background, type BackgroundParts, createBackground } from "./background.ts";
import { listMissing, type MissingAsked, type MissingPage } from "./missing-users.ts";
import { openQueue } from "./queue.ts";
import type { Run } from "./run.ts";
import { errorsOf, type RunErrors } from "./run-errors.ts";
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
   * Plans a run, or joins the one in progress. A run that failed in the last 24 hours resumes. Nothing happens before a worker
   * works on it. An incremental run becomes a full one if no run was ever done. A dry run is never joined: a new one cancels the
   * previous one, which only its own process could continue.
   */
  start(options: StartOptions): Promise<StartedRun>;
  /**
   * Works on the run in progress, or resumes one as `resume` does, in any number of processes, to its end or until the signal.
   * Its row shows its progress and how it ended.
   *
   * @throws SyncError also NOT_CONFIGURED without a `connectionString`, and any error that makes this process unable to work on
   * the run: then the run is left to others
   */
  work(options?: WorkOptions): Promise<void>;
  /**
   * The run to work on: the one in progress, or the newest if it failed between ten minutes and 24 hours ago: that one resumes.
   * Null if there is nothing to do.
   */
  resume(): Promise<Run | null>;
  /**
   * Checks that `work` would find a usable queue, and that a job gets there over the host's connection.
   *
   * @throws SyncError as `work` would at its start
   */
  probe(): Promise<void>;
  /** Stops a run for good: if it is in progress, after the current page. A run that was already cancelled is `cancelled`, too. */
  cancel(runId: string): Promise<CancelResult>;
  /**
   * Confirms the deletions of a waiting run, so that it resumes, if no other is in progress. A run that was already confirmed and
   * is in progress is `confirmed`, too.
   */
  confirm(runId: string): Promise<ConfirmResult>;
  get(runId: string): Promise<Run | null>;
  /** The users that a run could not sync; null if there is no such run. */
  errors(runId: string): Promise<RunErrors | null>;
  /** A page of the users that a run would mark as deleted, until it has ended. null if the cursor is not one of this list's. */
  missing(asked: MissingAsked): Promise<MissingPage | null>;
  /** The run in progress, if there is one; dry runs excluded. */
  active(): Promise<Run | null>;
  /** Newest first. `before` = the last run's id of the previous page. */
  list(page: { before: string | null; limit: number }): Promise<Run[]>;
  /** The newest that is not a dry run, optionally of one kind or in certain states. */
  last(only?: LastOptions): Promise<Run | null>;
}

export interface RunsParts extends BackgroundParts {
  db: Database;
  connectionString: string | undefined;
  clerk: ClerkApi;
  writePath: WritePath;
  createGuard: (clerk: ClerkApi) => Pick<InstanceGuard, "instanceId">;
}

// These errors may be temporary, and a run waits for them to end. Any other error would fail the run.
const PASSING = new Set<SyncErrorCode>(["CLERK_RATE_LIMITED", "CLERK_UNREACHABLE", "CLERK_TIMEOUT", "CLERK_ERROR"]);

export function createRuns({ connectionString, createGuard, ...parts }: RunsParts): Runs {
  const store = createRunStore(parts.db, parts.logger);
  const clerk = countedApi(parts.clerk);
  const { instanceId } = createGuard(clerk);
  /** A process with another instance's key, or with a key that Clerk refuses, must neither start a run nor fail one. */
  async function check({ adopts }: { adopts: boolean }): Promise<void> {
    await parts.writePath.checkTables();
    await instanceId({ adopts }).catch((error: unknown) => {
      if (!(error instanceof SyncError) || !PASSING.has(error.code)) throw error;
    });
  }
  const work = (options: WorkOptions = {}) =>
    withSyncErrors(async () => {
      const url = needed(connectionString);
      await check({ adopts: false }); // a run that is not dry adopts the instance before it writes
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
    errors: (runId) =>
      withSyncErrors(async () => {
        const run = await store.get(runId);
        return run && errorsOf(run);
      }),
    missing: (asked) => withSyncErrors(() => listMissing(parts.db, asked)),
    active: () => withSyncErrors(() => store.active()),
    list: (page) => withSyncErrors(() => store.list(page)),
    last: (only) => withSyncErrors(() => store.last(only)),
    work,
    ...createBackground(work, parts),
  };
}

function needed(connectionString: string | undefined): string {
  if (connectionString) return connectionString;
  throw new SyncError("NOT_CONFIGURED", "createRollcall got no connectionString: workers need their own");
}
