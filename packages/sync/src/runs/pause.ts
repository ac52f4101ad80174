import type { Database } from "../database.ts";
import { UNDER_WAY } from "./report.ts";

// Without a bound a run would wait for ever for a quota that somebody else uses up.
const LONGEST_PAUSE = "1 hour";
// Whoever works comes back when a pause is over: after so long, nobody worked, and that is no pause of Clerk's.
const NOBODY_WORKED = "1 minute";

/** Clerk's quota is used up: for all who work on the run. In the database's time, which is the same for them all. */
export async function pauseRun(db: Database, runId: string, forMs: number): Promise<"paused" | "too_long"> {
  const [run] = await db.$queryRawUnsafe<{ tooLong: boolean }[]>(
    `update "SyncRun" set
       "pausedSince" = case when "pausedUntil" > clock_timestamp() - interval '${NOBODY_WORKED}' then coalesce("pausedSince", clock_timestamp()) else clock_timestamp() end,
       "pausedUntil" = greatest("pausedUntil", clock_timestamp() + $2::float8 * interval '1 ms')
     where id = $1::uuid and ${UNDER_WAY}
     returning "pausedUntil" - "pausedSince" > interval '${LONGEST_PAUSE}' as "tooLong"`,
    runId,
    forMs,
  );
  return run?.tooLong ? "too_long" : "paused";
}

/** A page came: the hour of pauses begins anew with the next one. */
export async function endPause(db: Database, runId: string): Promise<void> {
  await db.$executeRawUnsafe(
    `update "SyncRun" set "pausedSince" = null where id = $1::uuid and "pausedSince" is not null`,
    runId,
  );
}
