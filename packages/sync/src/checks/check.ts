import { toSyncError } from "../database/database-error.ts";
import { SyncError } from "../sync-error.ts";

export type CheckResult =
  /** `message`: what was found to be right, if it is worth knowing. */
  | { status: "ok"; message?: string }
  /** An error breaks something; a warning should be known. `remedy`: what to do, one step a line. */
  | { status: "finding"; severity: "warning" | "error"; message: string; remedy: string }
  | { status: "skipped"; why: string };

/** One thing that can be wrong with a setup. */
export interface Check<Context> {
  id: string;
  /** What is right if the check finds nothing. */
  title: string;
  /** Checks that run before this one: after an error in one of them, this one would only repeat it. */
  requires?: readonly string[];
  /** Only reads. Names no user, and no secret. */
  run(context: Context): Promise<CheckResult>;
  /** Fixes what `run` finds, if that is safe at any time and destroys nothing. */
  fix?(context: Context): Promise<void>;
}

export type CheckReport = { id: string; title: string } & CheckResult;

/**
 * Runs the checks one after another. A check that fails is a finding. It is skipped if the tables are the cause:
 * another check names what is wrong with them.
 *
 * @param options.fix fix what is safe to fix, then check again
 * @param options.before reports of checks that ran before, which `requires` may name
 */
export async function runChecks<Context>(
  checks: readonly Check<Context>[],
  context: Context,
  { fix = false, before = [] }: { fix?: boolean; before?: readonly CheckReport[] } = {},
): Promise<CheckReport[]> {
  const reports: CheckReport[] = [];
  for (const check of checks) {
    const report = (result: CheckResult): CheckReport => ({ id: check.id, title: check.title, ...result });
    const obstacle = [...before, ...reports].find((earlier) => check.requires?.includes(earlier.id) && blocks(earlier));
    if (obstacle) {
      reports.push(report({ status: "skipped", why: `needs this first: ${obstacle.title}` }));
      continue;
    }
    const first = await attempt(() => check.run(context));
    const isFixed =
      fix && first.status === "finding" && check.fix !== undefined && (await succeeds(check.fix(context)));
    reports.push(report(isFixed ? await attempt(() => check.run(context)) : first));
  }
  return reports;
}

/** Whether a report blocks the checks that require it. */
const blocks = (report: CheckReport): boolean =>
  report.status === "skipped" || (report.status === "finding" && report.severity === "error");

async function attempt(run: () => Promise<CheckResult>): Promise<CheckResult> {
  try {
    return await run();
  } catch (thrown) {
    const error = SyncError.from(toSyncError(thrown));
    if (error.code === "SCHEMA_MISMATCH") return { status: "skipped", why: "the tables are not as expected" };
    const { message, hint } = error.explanation;
    return { status: "finding", severity: "error", message: `Could not be checked. ${message}`, remedy: hint };
  }
}

// If something is still wrong, the next check says so.
const succeeds = (work: Promise<void>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );
