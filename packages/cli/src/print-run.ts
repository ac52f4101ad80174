import { errorCatalog, type Run, type RunReport } from "@rollcall/sync";
import { duration } from "./progress.ts";

/** A run's result as one line of JSON: the last line of stdout. Contains no personal data. */
export function printJson({ report }: Run): void {
  const { runId, kind, dryRun, state, seen, created, updated, unchanged, outdated, deleted, failed } = report;
  const { conflicts, tombstoned, missing, clerkCalls, durationMs } = report;
  const errors = report.errors.map(({ userId, code }) => ({ userId, code }));
  const counts = { seen, created, updated, unchanged, outdated, deleted, failed, conflicts, tombstoned, missing };
  process.stdout.write(
    `${JSON.stringify({ runId, kind, dryRun, state, ...counts, clerkCalls, durationMs, errors })}\n`,
  );
}

/** A run's result for a person, and what to do next. */
export function forPeople(run: Run): string {
  const { report } = run;
  const { kind, seen, created, updated, unchanged, outdated, deleted, failed, conflicts, tombstoned } = report;
  const listed = kind === "full" ? "users" : "changes";
  const lines = [
    `${headline(report)}. ${seen} ${listed} in ${duration(report.durationMs)}, ${report.clerkCalls} calls to Clerk.`,
    `  created ${created}, updated ${updated}, unchanged ${unchanged}, outdated ${outdated}, deleted ${deleted}, failed ${failed}`,
    ...(conflicts > 0
      ? [`  ${conflicts} without their email: another user has the better claim to it, or a row of your own has it`]
      : []),
    ...(tombstoned > 0 ? [`  ${tombstoned} marked as deleted: Clerk says that they do not exist`] : []),
    ...report.errors.map(({ userId, code, reason }) => `  ${userId}: ${code}, ${reason}`),
    ...(failed > report.errors.length ? [`  … and ${failed - report.errors.length} more`] : []),
    ...whatNext(run),
  ];
  return lines.join("\n");
}

/** Why a run failed, and what to do about it. */
export function whyFailed({ failure }: Run): string | null {
  if (!failure) return null;
  const where = failure.window === null ? "" : ` in window ${failure.window}`;
  if (!failure.code)
    return `The run failed${where}: its workers ended without an error message. Check their logs and their memory.`;
  const { message, hint } = errorCatalog[failure.code];
  return `${failure.code}${where}: ${message} ${hint}`;
}

function headline({ state, dryRun }: RunReport): string {
  switch (state) {
    case "done":
      return dryRun ? "Dry run: nothing was written" : "Done";
    case "awaiting_confirmation":
      return "Waiting for you to confirm deletions";
    case "cancelled":
      return "Cancelled";
    case "failed":
      return "Failed";
    case "planned":
    case "running":
      return "Interrupted";
  }
}

function whatNext(run: Run): string[] {
  const { state, missing, dryRun } = run.report;
  if (dryRun && state !== "done") return ["  Nothing was written. Run it again: a dry run starts over."];
  switch (state) {
    case "awaiting_confirmation":
      return [
        `  ${missing} users here are not in Clerk's list. That is many: is CLERK_SECRET_KEY the right one?`,
        "  To ask Clerk about each of them, and mark as deleted those it does not know: npx rollcall sync --confirm-deletions",
      ];
    case "done":
      return whatIsLeft(run);
    case "failed":
    case "planned":
    case "running":
      return ["  Synced users stay. Run it again: it resumes where it stopped."];
    case "cancelled":
      return ["  Synced users stay."];
  }
}

/** What a finished run has seen and left unchanged. */
function whatIsLeft({ report, netDifference, incomplete }: Run): string[] {
  const unasked = (report.missing ?? 0) - report.tombstoned;
  return [
    ...(unasked > 0
      ? [
          report.dryRun
            ? `  ${unasked} users here are not in Clerk's list; a run would ask Clerk about each`
            : `  ${unasked} users here are not in Clerk's list, and Clerk's answer about them is unusable: they stay as they are`,
        ]
      : []),
    ...(netDifference
      ? [
          `  Compared with Clerk there are ${Math.abs(netDifference)} users ${netDifference > 0 ? "too few" : "too many"} here: run npx rollcall sync --full`,
        ]
      : []),
    ...(incomplete ? ["  More users changed meanwhile than Clerk lists in order: run it again in a minute"] : []),
  ];
}
