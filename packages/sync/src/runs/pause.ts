import type { Database } from "../database/database.ts";
import { UNDER_WAY } from "./report.ts";

// Without a bound a run would wait forever for a quota that others use up, or for a key that nobody sets.
const LONGEST_TROUBLE = "1 hour";
// Workers come back when a pause is over, or are started again by their platform, after five minutes at most: after so long
// nobody worked, and that is no part of the hour.
const NOBODY_WORKED = "10 minutes";
const SHORTEST_PAUSE_MS = 1_000;
const LONGEST_BACKOFF_MS = 60_000;

/** How long a run still waits; or that it has waited for an hour without a page. */
export type Trouble = { pausedForMs: number } | "too_long";

/**
 * Clerk is in trouble, or its quota is used up: everybody who works on the run waits, in the database's time, which is the
 * same for all. The wait is about as long as the trouble has lasted, up to a minute, with jitter, so that the workers do
 * not come back at the same moment.
 *
 * @param atLeastMs what Clerk asked for
 */
export const pauseRun = (db: Database, runId: string, atLeastMs: number): Promise<Trouble> =>
  countTrouble(
    db,
    runId,
    `greatest($2::float8, (0.5 + random() / 2) *
       least(${LONGEST_BACKOFF_MS}, greatest(${2 * SHORTEST_PAUSE_MS}, extract(epoch from clock_timestamp() - trouble.since)::float8 * 1000)))`,
    atLeastMs,
  );

/** This process cannot carry the run on. It waits for nobody: another process may be able to. */
export const noteProcessFault = (db: Database, runId: string): Promise<Trouble> => countTrouble(db, runId, "0");

async function countTrouble(db: Database, runId: string, pauseMs: string, ...values: number[]): Promise<Trouble> {
  const [run] = await db.$queryRawUnsafe<{ tooLong: boolean; pausedForMs: number }[]>(
    `with trouble as (
      select id, case when "pausedUntil" > clock_timestamp() - interval '${NOBODY_WORKED}' then coalesce("pausedSince", clock_timestamp()) else clock_timestamp() end as since
      from "SyncRun" where id = $1::uuid and ${UNDER_WAY} for update
    )
    update "SyncRun" r set "pausedSince" = trouble.since,
      "pausedUntil" = greatest("pausedUntil", clock_timestamp() + ${pauseMs} * interval '1 ms')
    from trouble where r.id = trouble.id
    returning "pausedUntil" - "pausedSince" > interval '${LONGEST_TROUBLE}' as "tooLong",
      greatest(0, extract(epoch from "pausedUntil" - clock_timestamp()) * 1000)::float8 as "pausedForMs"`,
    runId,
    ...values,
  );
  return run?.tooLong ? "too_long" : { pausedForMs: run?.pausedForMs ?? 0 };
}

/** A page came: the hour begins anew with the next trouble. */
export async function endPause(db: Database, runId: string): Promise<void> {
  await db.$executeRawUnsafe(
    `update "SyncRun" set "pausedSince" = null where id = $1::uuid and "pausedSince" is not null`,
    runId,
  );
}
