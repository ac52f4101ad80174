import type pg from "pg";
import { expect } from "vitest";
import type { App } from "./start-app.ts";

/** Moves a run's start and end back in time. @param age as PostgreSQL writes it: "21 hours" */
export const ageRun = (sql: pg.Pool, runId: string, age: string) =>
  sql.query(
    `update rollcall."SyncRun" set "startedAt" = "startedAt" - $2::interval, "endedAt" = "endedAt" - $2::interval where id = $1`,
    [runId, age],
  );

/** Makes a run look as if it had not moved for this long. */
export const stallRun = (sql: pg.Pool, runId: string, since: string) =>
  sql.query(`update rollcall."SyncWindow" set "movedAt" = "movedAt" - $2::interval where "runId" = $1`, [runId, since]);

/** Ages all rows, so that a run notices missing users. */
export const ageUsers = (sql: pg.Pool) =>
  sql.query(`update rollcall."ClerkUser" set "syncedAt" = "syncedAt" - interval '2 hours'`);

/** How many connections poll the queue for work. */
export async function queueConnections(sql: pg.Pool): Promise<number> {
  const { rows } = await sql.query<{ number: number }>(
    `select count(*)::int as number from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and query like '%rollcall_queue%'`,
  );
  return rows[0]?.number ?? 0;
}

/** Waits until no process works on runs. */
export const untilNobodyWorks = (sql: pg.Pool): Promise<void> =>
  expect.poll(() => queueConnections(sql), { timeout: 60_000, interval: 200 }).toBe(0);

type Sync = ReturnType<App["trpc"]>["sync"];

/** Waits until a run has ended, polling as the dashboard does. */
export async function untilEnded(sync: Sync, runId: string) {
  const look = () => sync.run.query({ runId });
  await expect
    .poll(async () => (await look()).report.state, { timeout: 60_000, interval: 250 })
    .not.toMatch(/^(planned|running)$/);
  return look();
}
