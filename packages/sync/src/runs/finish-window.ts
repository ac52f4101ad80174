import { z } from "zod";
import type { Queries } from "../database/database.ts";
import type { ClaimedWindow } from "./claimed-window.ts";
import type { Position } from "./cursors/position.ts";
import { endRun } from "./end-run.ts";
import { nextPass } from "./passes/next-pass.ts";
import type { PageResult } from "./passes/page-result.ts";
import type { WindowQueue } from "./queue.ts";

/** What became of a checkpoint. */
export type Moved =
  | { state: "held"; held: ClaimedWindow; wasPaused: boolean }
  /** Somebody else has moved the window, or the run has ended. */
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

/** Does it, in the transaction that ended the window; the run's row is locked. */
export async function finishWindow(
  transaction: Queries,
  queue: WindowQueue,
  { runId, kind, dryRun, position }: ClaimedWindow,
  { opens = [], run = {} }: PageResult,
): Promise<Moved> {
  await transaction.$executeRawUnsafe(
    `update "SyncRun" set state = 'running', "instanceId" = coalesce($2::text, "instanceId"), total = coalesce($3::int, total),
       mark = coalesce(to_timestamp($4::float8 / 1000), mark), "netDifference" = coalesce($5::int, "netDifference"),
       incomplete = incomplete or $6::boolean
     where id = $1::uuid`,
    runId,
    run.instanceId ?? null,
    run.total ?? null,
    run.mark ?? null,
    run.netDifference ?? null,
    run.incomplete ?? false,
  );
  const [standing] = standingSchema.parse(
    await transaction.$queryRawUnsafe(
      `select confirmed, (extract(epoch from mark) * 1000)::float8 as mark,
         (select count(*)::int from "SyncWindow" where "runId" = r.id and "endedAt" is null) as "openWindows",
         (select count(*)::int from "SyncCandidate" where "runId" = r.id) as candidates,
         case when $2::boolean then (select count(*)::int from "ClerkUser" where "deletedAt" is null and "instanceId" = r."instanceId") else 0 end as live,
         exists (select from "SyncWindow" where "runId" = r.id and created > 0) and not "dryRun" as "hasGrown"
       from "SyncRun" r where id = $1::uuid`,
      runId,
      position.pass === "changes" && kind === "full",
    ),
  );
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
  const [row] = z.array(z.object({ number: z.number() })).parse(
    await transaction.$queryRawUnsafe(
      `insert into "SyncWindow" ("runId", number, position, "movedAt")
       select $1::uuid, max(number) + 1, $2::jsonb, clock_timestamp() from "SyncWindow" where "runId" = $1::uuid returning number`,
      runId,
      JSON.stringify(position),
    ),
  );
  if (!row) throw new Error("a window was not opened");
  const jobId = await queue.send(transaction, { runId, window: row.number });
  await transaction.$executeRawUnsafe(
    `update "SyncWindow" set "jobId" = $3::uuid where "runId" = $1::uuid and number = $2::int`,
    runId,
    row.number,
    jobId,
  );
}
