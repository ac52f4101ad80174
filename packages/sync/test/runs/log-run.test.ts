import { expect, test } from "vitest";
import { createRollcall, type Logger } from "../../src/index.ts";
import { openMirror } from "./mirror.ts";

test("each change of a run's state logs one line, with its kind and its counts", async () => {
  await using mirror = await openMirror({ users: 20 });
  const logged: Record<string, unknown>[] = [];
  const log = (fields: Record<string, unknown>) => void logged.push(fields);
  const logger: Logger = { info: log, warn: log, error: log };
  const { runs } = createRollcall({
    db: mirror.host.db,
    connectionString: mirror.host.url,
    clerk: { secretKey: mirror.clerk.secretKey, apiUrl: mirror.clerk.url },
    logger,
  });
  const start = () => runs.start({ startedBy: "test" });
  const lines = () =>
    logged.splice(0).map(({ event, runId, created, missing }) => ({ event, runId, created, missing }));

  const first = await start();
  await start(); // joins it: nothing changes
  await runs.work();
  expect(lines()).toEqual([
    { event: "run_planned", runId: first.runId, created: 0, missing: null },
    { event: "run_running", runId: first.runId, created: 0, missing: null },
    { event: "run_done", runId: first.runId, created: 20, missing: 0 },
  ]);

  await mirror.age(2);
  for (const { id } of (await mirror.listed()).slice(0, 12)) await mirror.control("DELETE", `/users/${id}`);
  const waits = await start();
  await runs.work();
  expect(lines().map(({ event }) => event)).toEqual(["run_planned", "run_running", "run_awaiting_confirmation"]);
  const next = await start();
  await runs.cancel(next.runId);
  await runs.cancel(next.runId); // already cancelled
  expect(lines()).toMatchObject([
    { event: "run_cancelled", runId: waits.runId, missing: 12 },
    { event: "run_planned", runId: next.runId },
    { event: "run_cancelled", runId: next.runId },
  ]);

  const failing = await start();
  await mirror.control("POST", "/faults", { path: "/v1/users", status: 429, retryAfter: 7_200, times: 1 });
  await runs.work();
  expect(logged.splice(0)).toMatchObject([
    { event: "run_planned", runId: failing.runId, kind: "full" },
    { event: "run_failed", runId: failing.runId, kind: "full", code: "CLERK_RATE_LIMITED", window: 0, created: 0 },
  ]);
  await start();
  expect(lines()).toMatchObject([{ event: "run_planned", runId: failing.runId }]);
});
