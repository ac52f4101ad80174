import type { Database, Queries } from "../database/database.ts";
import type { Logger } from "../logger.ts";
import type { SyncErrorCode } from "../sync-error.ts";
import { logRun } from "./log-run.ts";
import { type RunKind, UNDER_WAY } from "./report.ts";

/** Ends the run as failed, and says in which window; what it has carried over stays, and a later start goes on from here. */
export async function failRun(
  db: Database,
  logger: Logger,
  { runId, number }: { runId: string; number: number },
  failure: { code: SyncErrorCode | null; message: string },
): Promise<void> {
  const { code, message } = failure;
  const failed = await db.$executeRawUnsafe(
    `update "SyncRun" set state = 'failed', "failureCode" = $3::text, "failedWindow" = $2::int, "endedAt" = clock_timestamp()
     where id = $1::uuid and ${UNDER_WAY}`,
    runId,
    number,
    code,
  );
  if (failed === 1) await logRun(db, logger, runId, { window: number, code, message });
}

/** Cancels the runs that a condition chooses, and forgets who was missing: the statement. It returns their ids. */
export const cancelRuns = (condition: string): string => `with run as (
  update "SyncRun" set state = 'cancelled', "endedAt" = clock_timestamp() where ${condition} returning id
), forgotten as (
  delete from "SyncCandidate" using run where "runId" = run.id
) select id from run`;

/** The candidates that are left are those who are missing; a full run alone looks for them. */
export async function endRun(
  transaction: Queries,
  runId: string,
  state: "done" | "awaiting_confirmation",
  kind: RunKind,
): Promise<void> {
  await transaction.$executeRawUnsafe(
    `update "SyncRun" r set state = $2::text::"RunState", "endedAt" = clock_timestamp(),
       missing = case when $3::boolean then (select count(*)::int from "SyncCandidate" where "runId" = r.id) end
     where id = $1::uuid`,
    runId,
    state,
    kind === "full",
  );
  if (state === "done")
    await transaction.$executeRawUnsafe(`delete from "SyncCandidate" where "runId" = $1::uuid`, runId);
}
