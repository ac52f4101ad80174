import type { Mirror } from "./mirror.ts";

/** As if the run in progress had errors for an hour: the next error fails it. */
export const afterAnHourOfTrouble = ({ host }: Mirror) =>
  host.sql.query(
    `update rollcall."SyncRun" set "pausedSince" = clock_timestamp() - interval '61 minutes', "pausedUntil" = clock_timestamp()`,
  );

/** As if the pause were over. */
export async function endPause({ host }: Mirror): Promise<void> {
  await host.sql.query(`update rollcall."SyncRun" set "pausedUntil" = clock_timestamp()`);
  await host.sql.query(`update rollcall_queue.job set start_after = now() where state = 'created'`);
}
