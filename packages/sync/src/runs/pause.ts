import { z } from "zod/v4";
import type { Database } from "../database/database.ts";
import * as statements from "./statements/pause.ts";

/** How long the run still waits; or that it has been in trouble for an hour without a page. */
export type Trouble = { pausedForMs: number } | "too_long";

/**
 * Clerk is in trouble, or its quota is used up: every worker of the run waits, in the database's time, which is the same
 * for all. The wait is about as long as the trouble has lasted, up to a minute, with jitter, so that the workers do not
 * come back at the same moment.
 *
 * @param atLeastMs what Clerk asked for
 */
export const pauseRun = (db: Database, runId: string, atLeastMs: number): Promise<Trouble> =>
  countTrouble(db, statements.pauseForTrouble, runId, atLeastMs);

/** This process cannot carry the run on. The run is not paused: another process may be able to. */
export const noteProcessFault = (db: Database, runId: string): Promise<Trouble> =>
  countTrouble(db, statements.countTroubleOnly, runId);

const troubleRows = z.array(z.object({ tooLong: z.boolean(), pausedForMs: z.number() }));

async function countTrouble(db: Database, statement: string, ...values: (string | number)[]): Promise<Trouble> {
  const [run] = troubleRows.parse(await db.query(statement, values));
  return run?.tooLong ? "too_long" : { pausedForMs: run?.pausedForMs ?? 0 };
}

/** A page came: the hour begins anew with the next trouble. */
export async function endPause(db: Database, runId: string): Promise<void> {
  await db.query(statements.endPause, [runId]);
}
