import { z } from "zod/v4";
import type { Database } from "../database/database.ts";
import * as statements from "./statements/pause.ts";

/** How long the run still waits, or that an hour of errors has passed without a page. */
export type Trouble = { pausedForMs: number } | "too_long";

/**
 * Clerk fails, or its quota is used up: all workers of the run wait, by the database's clock, which all share. The wait is about
 * as long as the outage so far, up to a minute, with jitter, so that the workers do not return at the same time.
 *
 * @param atLeastMs the wait that Clerk asked for
 */
export const pauseRun = (db: Database, runId: string, atLeastMs: number): Promise<Trouble> =>
  countTrouble(db, statements.pauseForTrouble, runId, atLeastMs);

/** This process cannot continue the run. The run is not paused: another process may be able to continue it. */
export const noteProcessFault = (db: Database, runId: string): Promise<Trouble> =>
  countTrouble(db, statements.countTroubleOnly, runId);

const troubleRows = z.array(z.object({ tooLong: z.boolean(), pausedForMs: z.number() }));

async function countTrouble(db: Database, statement: string, ...values: (string | number)[]): Promise<Trouble> {
  const [run] = troubleRows.parse(await db.query(statement, values));
  return run?.tooLong ? "too_long" : { pausedForMs: run?.pausedForMs ?? 0 };
}

/** A page arrived: the next error starts a new hour. */
export async function endPause(db: Database, runId: string): Promise<void> {
  await db.query(statements.endPause, [runId]);
}
