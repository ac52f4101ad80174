import { expect, test } from "vitest";
import * as invariants from "../src/invariants.ts";
import { firstRun, runEnded, runState, startRun } from "../src/runs.ts";
import { openStack } from "../src/stack.ts";
import { survive } from "../src/trouble.ts";

const KILLS = 4;
const SLOW_MS = 1_500; // so that a run takes long enough to be killed in the middle

test("the app is killed again and again while webhooks arrive and users call", () =>
  survive({
    name: "app killed",
    staysUp: false,
    async during({ app, changes }) {
      for (let kills = 0; kills < KILLS; kills++) {
        await changes.more(8);
        await app.restart();
      }
    },
  }));

test("every process that works on a run is killed in the middle of it, twice: the same run ends, and is complete", async () => {
  await using stack = await openStack({ users: 2_600 });
  const app = await stack.app();
  await firstRun(stack, app);
  await stack.clerk.loseDeliveries();
  const users = (await stack.clerk.users()).slice(-40);
  for (const { id } of users.slice(0, 30)) await stack.clerk.change(id, { first_name: "Changed meanwhile" });
  for (const { id } of users.slice(30)) await stack.clerk.remove(id);
  await stack.server.sql.query(`update rollcall."ClerkUser" set "syncedAt" = "syncedAt" - interval '2 hours'`);
  await stack.clerk.fail({ path: "/v1/users", latencyMs: SLOW_MS });
  let worker = stack.worker();
  const runId = await startRun(stack, app, "full");
  const progress = async () => {
    const { rows } = await stack.server.sql.query<{ moved: number }>(
      `select coalesce(sum(checkpoint), 0)::int as moved from rollcall."SyncWindow" where "runId" = $1`,
      [runId],
    );
    return rows[0]?.moved ?? 0;
  };
  for (let kills = 0; kills < 2; kills++) {
    const before = await progress();
    await expect.poll(progress, { timeout: 120_000, interval: 50 }).toBeGreaterThan(before);
    expect(await runState(stack, runId)).toMatchObject({ state: "running" });
    await Promise.all([app.kill(), worker.kill()]);
    worker = stack.worker();
  }
  await app.restart();
  await stack.clerk.recover();
  expect(await runEnded(stack, runId)).toEqual({ state: "done", kind: "full", failureCode: null });
  await invariants.expectTablesEqualClerk(stack);
  await invariants.expectOneRunRepairs(stack, app);
  await invariants.expectBoundedMemory(app);
  await invariants.expectBoundedMemory(worker);
});
