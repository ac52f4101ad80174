import type { Queries } from "../database/database.ts";
import type { ClaimedWindow } from "./claimed-window.ts";
import type { PageResult } from "./passes/page-result.ts";
import { deleteListedCandidates, insertCandidates } from "./statements/candidates.ts";

/** Adds the users that a page should have listed but did not, and removes those that it listed. */
export async function keepCandidates(
  transaction: Queries,
  { runId, instanceId }: ClaimedWindow,
  { judge, alive = [] }: PageResult,
): Promise<void> {
  if (judge) {
    const { above, upTo, alive: listed } = judge;
    await transaction.query(insertCandidates, [runId, above, upTo, listed, instanceId]);
  }
  if (alive.length > 0) {
    await transaction.query(deleteListedCandidates, [runId, alive]);
  }
}
