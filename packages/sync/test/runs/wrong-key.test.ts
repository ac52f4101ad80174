import { expect, test } from "vitest";
import { openMirror } from "./mirror.ts";

test.each(["start", "work"] as const)(
  "the wrong key against a full database: %s is refused, and nothing is written or deleted",
  async (method) => {
    await using mirror = await openMirror();
    await mirror.run();
    await mirror.age(2);
    const before = await mirror.host.versions();
    const { runs } = mirror.rollcall({ secretKey: "sk_live_another" });
    const right = method === "work" ? await mirror.rollcall().runs.start({ startedBy: "test" }) : null;
    const doing = method === "start" ? runs.start({ startedBy: "test", confirmDeletions: true }) : runs.work();
    await expect(doing).rejects.toMatchObject({ name: "SyncError", code: "CLERK_UNAUTHORIZED" });
    expect(await mirror.host.versions()).toEqual(before);
    // Whoever has the right key goes on.
    const { report } = await mirror.run();
    if (right) expect(report.runId).toBe(right.runId);
    expect(report).toMatchObject({ state: "done", seen: 1_200, unchanged: 1_200, missing: 0, tombstoned: 0 });
    expect(await mirror.host.versions()).toEqual(before);
  },
);

test.each(["start", "work"] as const)(
  "another instance's key against a full database: %s is refused, and nothing is written or deleted",
  async (method) => {
    await using mirror = await openMirror();
    await using another = await openMirror({ users: 30 });
    await mirror.run();
    await mirror.age(2);
    const before = await mirror.host.versions();
    const { url: apiUrl, secretKey } = another.clerk;
    const { runs } = mirror.rollcall({ apiUrl, secretKey });
    const right = method === "work" ? await mirror.rollcall().runs.start({ startedBy: "test" }) : null;
    const doing = method === "start" ? runs.start({ startedBy: "test", confirmDeletions: true }) : runs.work();
    await expect(doing).rejects.toMatchObject({ name: "SyncError", code: "INSTANCE_REFUSED" });
    expect(await mirror.host.versions()).toEqual(before);
    expect(await another.control("GET", "/requests")).toMatchObject({ byRoute: { "GET /v1/instance": 1 }, total: 1 });
    const { report } = await mirror.run();
    if (right) expect(report.runId).toBe(right.runId);
    expect(report).toMatchObject({ state: "done", seen: 1_200, unchanged: 1_200, missing: 0, tombstoned: 0 });
    expect(await mirror.host.versions()).toEqual(before);
  },
);

test("a key that is taken back while the run reads fails it at once, and says why", async () => {
  await using mirror = await openMirror();
  await mirror.run();
  await mirror.age(2);
  const before = await mirror.host.versions();
  const { runs } = mirror.rollcall();
  const { runId } = await runs.start({ startedBy: "test" });
  await mirror.control("POST", "/faults", { path: "/v1/users", status: 401 });
  await runs.work();
  const run = await runs.get(runId);
  expect(run?.report).toMatchObject({ state: "failed", seen: 0, tombstoned: 0 });
  expect(run?.failure).toEqual({ code: "CLERK_UNAUTHORIZED", window: 0 });
  expect(run?.windows[0]?.attempts).toBe(1);
  expect(await mirror.host.versions()).toEqual(before);
});
