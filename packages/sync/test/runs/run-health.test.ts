import { expect, test } from "vitest";
import { openMirror } from "./mirror.ts";

test("health is degraded if a run has not moved for 15 minutes, has failed, waits, or was missed", async () => {
  await using mirror = await openMirror({ users: 4 });
  const { sql } = mirror.host;
  const { runs } = mirror.rollcall();
  const state = async () => {
    // Each time as another process: a process shares its answer for two seconds.
    const { status, runs } = await mirror.rollcall().health();
    expect(status).toBe(runs === "ok" ? "ok" : "degraded");
    return runs;
  };
  expect(await state(), "if there never was a run").toBe("ok");

  const { runId } = await runs.start({ startedBy: "test" });
  expect(await state()).toBe("ok");
  await sql.query(`update rollcall."SyncWindow" set "movedAt" = "movedAt" - interval '16 minutes'`);
  expect(await state()).toBe("stalled");
  await sql.query(`update rollcall."SyncRun" set "pausedUntil" = clock_timestamp() + interval '1 minute'`);
  expect(await state(), "a run that is paused waits for Clerk").toBe("ok");
  await sql.query(`update rollcall."SyncRun" set "pausedUntil" = clock_timestamp()`);

  await mirror.control("POST", "/faults", { path: "/v1/users", status: 429, retryAfter: 7_200, times: 1 });
  await runs.work({ runId });
  expect(await state()).toBe("failed");
  await mirror.run();
  expect(await state()).toBe("ok");

  const fullEnded = (age: string) =>
    sql.query(`update rollcall."SyncRun" set "endedAt" = clock_timestamp() - $1::interval where kind = 'full'`, [age]);
  await fullEnded("47 hours");
  expect(await state()).toBe("ok");
  await fullEnded("49 hours");
  await mirror.run({ kind: "incremental" });
  expect(await state()).toBe("overdue");
  await mirror.age(2);
  for (const { id } of (await mirror.listed()).slice(0, 2)) await mirror.control("DELETE", `/users/${id}`);
  const waiting = await mirror.run();
  expect(await state()).toBe("awaiting_confirmation");
  await runs.cancel(waiting.report.runId);
  await mirror.run({ confirmDeletions: true });
  expect(await state()).toBe("ok");
});
