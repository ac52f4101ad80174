import {
  type MissingPage,
  type Rollcall,
  type Run,
  type RunErrors,
  type StartedRun,
  SyncError,
  type SyncMeResult,
} from "@rollcall/sync";
import type { BaseProcedures } from "./base-procedures.ts";
import type { Callers } from "./callers.ts";
import { directoryProcedures } from "./directory-procedures.ts";
import {
  parseExportMissingInput,
  parseMissingInput,
  parsePageInput,
  parseRunInput,
  parseStartInput,
} from "./inputs.ts";
import type { RunPage, Status } from "./results.ts";
import { cancelRun, confirmDeletions, getRun, listRuns, missingUsers, runErrors } from "./run-actions.ts";

// A file of a whole directory's users is read in parts: each part is held in memory, once here and once in the answer.
const EXPORTED = 5_000;

/** The table of the `sync` router's procedures. */
export function createSyncProcedures(
  rollcall: Rollcall,
  { signedIn, authed, admin }: Pick<BaseProcedures, "signedIn" | "authed" | "admin">,
  { isAdmin }: Pick<Callers, "isAdmin">,
) {
  const { runs } = rollcall;
  return {
    status: authed.query(async ({ ctx }): Promise<Status> => {
      const me = { user: ctx.user, ...ctx.sync };
      if (!(await isAdmin(ctx.caller))) return { me, directory: null, directoryError: null };
      try {
        return { me, directory: await rollcall.status(), directoryError: null };
      } catch (error) {
        // While the database is down, admins still see their own state, and why the rest is missing.
        if (!(error instanceof SyncError)) throw error;
        return { me, directory: null, directoryError: { code: error.code, ...error.explanation } };
      }
    }),

    // Asks Clerk itself: a sync before it would ask twice and hide the outcome.
    syncMe: signedIn.mutation(({ ctx }): Promise<SyncMeResult> => rollcall.syncMe(ctx.caller)),

    syncAll: admin.input(parseStartInput).mutation(async ({ ctx, input }): Promise<StartedRun> => {
      const { kind = "full", dryRun = false } = input ?? {};
      const run = await runs.start({ startedBy: ctx.caller.userId, kind, dryRun });
      runs.workInBackground({ ...ctx, ...(dryRun && { runId: run.runId }) });
      return run;
    }),

    run: admin.input(parseRunInput).query(async ({ ctx, input }): Promise<Run> => {
      const run = await getRun(runs, input.runId);
      runs.resumeIfStalled(run, ctx);
      return run;
    }),

    runs: admin.input(parsePageInput).query(({ input }): Promise<RunPage> => listRuns(runs, input)),

    cancelRun: admin.input(parseRunInput).mutation(({ input }): Promise<Run> => cancelRun(runs, input.runId)),

    confirmDeletions: admin.input(parseRunInput).mutation(async ({ ctx, input }): Promise<Run> => {
      const run = await confirmDeletions(runs, input.runId);
      runs.workInBackground(ctx);
      return run;
    }),

    runErrors: admin.input(parseRunInput).query(({ input }): Promise<RunErrors> => runErrors(runs, input.runId)),

    missing: admin.input(parseMissingInput).query(({ input }): Promise<MissingPage> => missingUsers(runs, input)),

    exportMissing: admin
      .input(parseExportMissingInput)
      .query(({ input }): Promise<MissingPage> => missingUsers(runs, { ...input, limit: EXPORTED })),

    ...directoryProcedures(rollcall, admin),
  };
}
