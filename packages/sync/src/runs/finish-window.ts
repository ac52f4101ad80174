import { z } from "zod/v4";
import type { Queries } from "../database/database.ts";
import type { ClaimedWindow } from "./claimed-window.ts";
import type { Position } from "./cursors/position.ts";
import { endRun } from "./end.ts";
import { nextPass } from "./passes/next-pass.ts";
import type { PageResult } from "./passes/page-result.ts";
import type { WindowQueue } from "./queue.ts";
import { runStanding, updateRun } from "./statements/finish-window.ts";
import { insertWindow, setJob } from "./statements/window.ts";

/** The result of a checkpoint. */
export type Moved =
  | { state: "moved"; window: ClaimedWindow; wasPaused: boolean }
  /** Another worker has moved the window, or the run has ended. */
  | { state: "lost" }
  /** `became`: the run's state, where it is another one from now on. */
  | { state: "window_ended"; became: "running" | "awaiting_confirmation" | null }
  | { state: "run_done"; hasGrown: boolean };

const standingSchema = z.tuple([
  z.object({
    confirmed: z.boolean(),
    openWindows: z.number(),
    candidates: z.number(),
    live: z.number(),
    mark: z.number().nullable(),
    hasGrown: z.boolean(),
  }),
]);

/** Opens the next pass or ends the run, in the transaction that ended the window; the run's row is locked. */
export async function finishWindow(
  transaction: Queries,
  queue: WindowQueue,
  { runId, kind, dryRun, position }: ClaimedWindow,
  { opens = [], run = {} }: PageResult,
): Promise<Moved> {
  await transaction.query(updateRun, [
    runId,
    run.instanceId ?? null,
    run.total ?? null,
    run.mark ?? null,
    run.netDifference ?? null,
    run.incomplete ?? false,
  ]);
  const countsLive = position.pass === "changes" && kind === "full";
  const [standing] = standingSchema.parse(await transaction.query(runStanding, [runId, countsLive]));
  const next = nextPass(position, opens, { kind, dryRun, ...standing });
  switch (next.next) {
    case "others":
      return { state: "window_ended", became: null };
    case "windows":
      for (const opened of next.positions) await openWindow(transaction, queue, runId, opened);
      return { state: "window_ended", became: position.pass === "plan" ? "running" : null };
    case "confirmation":
      await endRun(transaction, runId, "awaiting_confirmation", kind);
      return { state: "window_ended", became: "awaiting_confirmation" };
    case "done":
      await endRun(transaction, runId, "done", kind);
      return { state: "run_done", hasGrown: standing.hasGrown };
  }
}

async function openWindow(transaction: Queries, queue: WindowQueue, runId: string, position: Position): Promise<void> {
  const [row] = z
    .array(z.object({ number: z.number() }))
    .parse(await transaction.query(insertWindow, [runId, JSON.stringify(position)]));
  if (!row) throw new Error("a window was not opened");
  const jobId = await queue.send(transaction, { runId, window: row.number });
  await transaction.query(setJob, [runId, row.number, jobId]);
}
