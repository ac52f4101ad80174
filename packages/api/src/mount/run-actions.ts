import { isUnderWay, type Run, type RunState, type Runs } from "@rollcall/sync";
import { TRPCError } from "@trpc/server";
import type { RunPage } from "./results.ts";

const PAGE = 20; // runs

/** @throws TRPCError NOT_FOUND */
export const getRun = async (runs: Runs, runId: string): Promise<Run> => found(await runs.get(runId));

/** @param page.limit at most 100 */
export async function listRuns(
  runs: Runs,
  { cursor, limit = PAGE }: { cursor?: string | null | undefined; limit?: number | undefined },
): Promise<RunPage> {
  const listed = await runs.list({ before: cursor ?? null, limit: limit + 1 });
  const items = listed.slice(0, limit);
  return { items, nextCursor: listed.length > limit ? (items.at(-1)?.report.runId ?? null) : null };
}

/** A run that was cancelled before is given as it stands. @throws TRPCError NOT_FOUND; CONFLICT where it has ended otherwise */
export async function cancelRun(runs: Runs, runId: string): Promise<Run> {
  const run = found(await runs.cancel(runId));
  if (run.report.state !== "cancelled") throw conflict(`This run ${stands[run.report.state]}: it cannot be cancelled`);
  return run;
}

/**
 * A run that was confirmed and goes on is given as it stands, so that a second click does no harm.
 *
 * @throws TRPCError NOT_FOUND; CONFLICT where it does not wait for that, or must wait for another run
 */
export async function confirmDeletions(runs: Runs, runId: string): Promise<Run> {
  const { report } = await getRun(runs, runId);
  if (report.state === "awaiting_confirmation" && (await runs.active())) {
    throw conflict("Another run is under way: confirm this one when that has ended");
  }
  const run = found(await runs.confirm(runId));
  if (!isUnderWay(run.report.state) || !run.confirmed)
    throw conflict(`This run ${stands[run.report.state]}: it awaits no confirmation`);
  return run;
}

const stands: Record<RunState, string> = {
  planned: "is under way",
  running: "is under way",
  awaiting_confirmation: "waits",
  cancelled: "was cancelled",
  failed: "has failed",
  done: "is done",
};

function found(run: Run | null): Run {
  if (!run) throw new TRPCError({ code: "NOT_FOUND", message: "There is no such run" });
  return run;
}

const conflict = (message: string) => new TRPCError({ code: "CONFLICT", message });
