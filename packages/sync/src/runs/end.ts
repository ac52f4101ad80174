import type { Database, Queries } from "../database/database.ts";
import type { Logger } from "../logger.ts";
import type { SyncErrorCode } from "../sync-error.ts";
import { logRun } from "./log-run.ts";
import type { RunKind } from "./report.ts";
import * as statements from "./statements/end-run.ts";

/** Ends the run as failed and stores which window failed. Applied pages stay, and a later start resumes the run. */
export async function failRun(
  db: Database,
  logger: Logger,
  { runId, number }: { runId: string; number: number },
  failure: { code: SyncErrorCode | null; message: string },
): Promise<void> {
  const { code, message } = failure;
  const failed = await db.query(statements.failActiveRun, [runId, number, code]);
  if (failed.length === 1) await logRun(db, logger, runId, { window: number, code, message });
}

/** Ends the run. The remaining candidates are the missing users; only a full run looks for them. */
export async function endRun(
  transaction: Queries,
  runId: string,
  state: "done" | "awaiting_confirmation",
  kind: RunKind,
): Promise<void> {
  await transaction.query(statements.endRun, [runId, state, kind === "full"]);
  if (state === "done") await transaction.query(statements.deleteCandidates, [runId]);
}
