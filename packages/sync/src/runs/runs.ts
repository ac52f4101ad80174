import type { ClerkApi } from "../clerk/clerk-api.ts";
import type { Database } from "../database.ts";
import { namingFailures, toSyncError } from "../database-error.ts";
import { type Logger, logFailure } from "../logger.ts";
import { SyncError } from "../sync-error.ts";
import type { WritePath } from "../write-path/write-path.ts";
import { type FullRunOptions, fullRun } from "./full-run.ts";
import type { RunReport } from "./report.ts";
import { createRunStore, type Run, type StartedRun } from "./run-store.ts";

export interface Runs {
  /**
   * Plans a run over all users, or joins the one that is under way. @param startedBy who: a user's id or a command
   * @throws SyncError
   */
  start(options: { startedBy: string; dryRun?: boolean }): Promise<StartedRun>;
  /**
   * Does the work of a run that was started, to its end; its row shows how far it has come.
   * @throws SyncError as `fullRun`; the row then says `failed`
   */
  work(runId: string, options?: FullRunOptions): Promise<RunReport>;
  get(runId: string): Promise<Run | null>;
  last(): Promise<Run | null>;
}

// Several within the minute of silence after which a run counts as lost, also while it waits for Clerk's quota.
const SIGN_OF_LIFE_MS = 10_000;

export function createRuns(db: Database, createClerk: () => ClerkApi, writePath: WritePath, logger: Logger): Runs {
  const store = createRunStore(db);
  return {
    start: ({ startedBy, dryRun = false }) => namingFailures(() => store.start({ startedBy, dryRun })),
    get: (runId) => namingFailures(() => store.get(runId)),
    last: () => namingFailures(() => store.last()),

    async work(runId, options = {}) {
      const run = await namingFailures(() => store.get(runId));
      if (!run) throw new SyncError("NOT_CONFIGURED", `There is no run ${runId}`);
      let latest = run.report;
      const alive = setInterval(() => void store.touch(runId).catch(() => {}), SIGN_OF_LIFE_MS);
      try {
        const report = await fullRun(run.report, createClerk(), writePath, {
          ...options,
          onProgress: async (progress, total) => {
            latest = progress;
            await store.save(progress, total);
            await options.onProgress?.(progress, total);
          },
        });
        await store.save(report, null);
        return report;
      } catch (error) {
        // Where the database itself is away, the run's silence says the same a minute later.
        await store.save({ ...latest, state: "failed" }, null).catch(() => {});
        const failure = toSyncError(error);
        if (failure instanceof SyncError) logFailure(logger, { event: "run_failed", runId }, failure);
        throw failure;
      } finally {
        clearInterval(alive);
      }
    },
  };
}
