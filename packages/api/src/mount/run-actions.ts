import type { MissingAsked, MissingPage, Run, RunErrors, RunState, Runs } from "@rollcall/sync";
import { TRPCError } from "@trpc/server";
import type { PageInput } from "./inputs.ts";
import { orBadCursor, toPage } from "./page.ts";
import type { RunPage } from "./results.ts";

/** @throws TRPCError NOT_FOUND */
export async function getRun(runs: Runs, runId: string): Promise<Run> {
  const run = await runs.get(runId);
  if (!run) throw notFound();
  return run;
}

export async function listRuns(runs: Runs, input: PageInput): Promise<RunPage> {
  const { cursor, limit } = toPage(input);
  const listed = await runs.list({ before: cursor, limit: limit + 1 });
  const items = listed.slice(0, limit);
  return { items, nextCursor: listed.length > limit ? (items.at(-1)?.report.runId ?? null) : null };
}

/** @throws TRPCError NOT_FOUND; CONFLICT if it has ended in another way */
export async function cancelRun(runs: Runs, runId: string): Promise<Run> {
  const result = await runs.cancel(runId);
  switch (result.state) {
    case "cancelled":
      return result.run;
    case "ended":
      throw conflict(`This run ${stateLabels[result.run.report.state]}: it cannot be cancelled`);
    case "not_found":
      throw notFound();
  }
}

/** @throws TRPCError NOT_FOUND; CONFLICT if it does not wait for a confirmation, or must wait for another run */
export async function confirmDeletions(runs: Runs, runId: string): Promise<Run> {
  const result = await runs.confirm(runId);
  switch (result.state) {
    case "confirmed":
      return result.run;
    case "another_is_under_way":
      throw conflict("Another run is in progress: confirm this one when that has ended");
    case "not_waiting":
      throw conflict(`This run ${stateLabels[result.run.report.state]}: it does not wait for a confirmation`);
    case "not_found":
      throw notFound();
  }
}

/** @throws TRPCError NOT_FOUND */
export async function runErrors(runs: Runs, runId: string): Promise<RunErrors> {
  const errors = await runs.errors(runId);
  if (!errors) throw notFound();
  return errors;
}

/** @throws TRPCError BAD_REQUEST if the cursor is of another list */
export const missingUsers = (
  runs: Runs,
  { runId, search, ...page }: Omit<MissingAsked, "cursor" | "limit"> & NonNullable<PageInput>,
): Promise<MissingPage> => orBadCursor(runs.missing({ runId, search, ...toPage(page) }));

const stateLabels: Record<RunState, string> = {
  planned: "is in progress",
  running: "is in progress",
  awaiting_confirmation: "waits",
  cancelled: "was cancelled",
  failed: "has failed",
  done: "is done",
};

const notFound = () => new TRPCError({ code: "NOT_FOUND", message: "There is no such run" });
const conflict = (message: string) => new TRPCError({ code: "CONFLICT", message });
