import { freePort, startApp, stop } from "./app-process.ts";
import { disturbClerk, mendClerk, runState, session, stack } from "./stack.ts";
import { expect, test } from "./test.ts";

test("a server that is stopped leaves its run to others, and the next scheduled call resumes it", async ({
  request,
}) => {
  const port = await freePort();
  const app = await startApp(port);
  await disturbClerk({ path: "/v1/users", latencyMs: 1_000 });
  try {
    const { token } = await session(stack().ADMIN_USER_ID);
    const started = await request.post(`http://localhost:${port}/api/trpc/sync.syncAll`, {
      headers: { authorization: `Bearer ${token}` },
      data: { json: { kind: "full" } },
    });
    const { runId } = (await started.json()).result.data.json;
    await expect.poll(() => runState(runId)).toBe("running");
    await stop(app);
    expect(await runState(runId)).toBe("running");
    await mendClerk();
    const headers = { authorization: `Bearer ${stack().CRON_SECRET}` };
    expect(await (await request.get("/api/cron/sync", { headers })).json()).toMatchObject({ runId });
    await expect.poll(() => runState(runId)).toBe("done");
  } finally {
    await mendClerk();
    await stop(app);
  }
});
