import { z } from "zod/v4";
import type { Queries } from "../database/database.ts";
import { type Logger, logFailure } from "../logger.ts";
import { SyncError, type SyncErrorCode } from "../sync-error.ts";
import { runKinds, runStates } from "./report.ts";
import { runSummary } from "./statements/log-run.ts";

const count = z.number().int();
const rowSchema = z
  .object({
    kind: z.enum(runKinds),
    dryRun: z.boolean(),
    state: z.enum(runStates),
    startedBy: z.string(),
    total: count.nullable(),
    missing: count.nullable(),
  })
  .catchall(count);

/**
 * Logs one line for each change of a run's state: `run_planned`, `run_running`, `run_awaiting_confirmation`, `run_cancelled`,
 * `run_failed` or `run_done`, with its counts. Never throws: the change is final, logged or not.
 */
export async function logRun(
  db: Queries,
  logger: Logger,
  runId: string,
  failure?: { window: number; code: SyncErrorCode | null; message: string },
): Promise<void> {
  const rows = await Promise.resolve(db.query(runSummary, [runId])).catch(() => []);
  const { data: row } = rowSchema.safeParse(Array.isArray(rows) ? rows[0] : undefined);
  if (failure) {
    const { window, code, message } = failure;
    const fields = { event: "run_failed", runId, window, ...row } as const;
    if (code) logFailure(logger, fields, new SyncError(code, message));
    else logger.error(fields, message);
  } else if (row) {
    const fields = { event: `run_${row.state}`, runId, ...row } as const;
    if (row.state === "awaiting_confirmation") logger.warn(fields, "many users are missing: a person must confirm");
    else logger.info(fields, `a run is ${row.state}`);
  }
}
