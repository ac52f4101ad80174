import { expect, test } from "vitest";
import { expectCarriedOver } from "./carried-over.ts";
import { openMirror } from "./mirror.ts";
import { startWorker } from "./worker-process.ts";

test("a worker whose clock is an hour fast changes nothing: no user is missed, none is deleted too soon, and a pause lasts", async () => {
  await using mirror = await openMirror();
  await mirror.run();
  // Half an hour old: by the worker's clock, more than an hour.
  await mirror.age(0.5);
  const users = await mirror.listed();
  const [gone, changed] = [users[3]?.id, users[510]?.id];
  await mirror.control("DELETE", `/users/${gone}`);
  await mirror.control("PATCH", `/users/${changed}`, { first_name: "Changed" });
  await mirror.control("POST", "/faults", { path: "/v1/users", status: 429, retryAfter: 2, times: 1 });
  const { runs } = mirror.rollcall();
  const { runId } = await runs.start({ startedBy: "test" });
  {
    await using worker = startWorker(mirror, { clockAnHourFast: true });
    expect(await worker.ended).toBe(0);
  }
  const { report, startedAt, endedAt } = (await runs.get(runId)) ?? {};
  expect(report).toMatchObject({ state: "done", seen: 519, updated: 1, unchanged: 518, missing: 0, tombstoned: 0 });
  expect(report?.durationMs).toBeGreaterThanOrEqual(2_000);
  expect(report?.durationMs).toBeLessThan(60_000);
  expect((endedAt?.getTime() ?? 0) - (startedAt?.getTime() ?? 0)).toBeLessThan(60_000);

  // Two hours old by every clock but the worker's: now the user is found.
  await mirror.age(2);
  await runs.start({ startedBy: "test" });
  {
    await using worker = startWorker(mirror, { clockAnHourFast: true });
    expect(await worker.ended).toBe(0);
  }
  expect((await runs.last())?.report).toMatchObject({ state: "done", missing: 1, tombstoned: 1 });
  const tombstone = (await mirror.host.clerkUsers()).find(({ id }) => id === gone);
  expect(tombstone?.checkedAt, "in Clerk's time").toBeLessThanOrEqual(Date.now());
  for (const { checkedAt } of await mirror.host.clerkUsers()) expect(checkedAt).toBeLessThanOrEqual(Date.now());
  await expectCarriedOver(mirror);
});
