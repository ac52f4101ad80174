import { once } from "node:events";
import { connect, type Socket } from "node:net";
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

test("a server ends within ten seconds of a stop signal, however long its clients take", async () => {
  const port = await freePort();
  const app = await startApp(port);
  const clients: Socket[] = [];
  try {
    // Each begins to send a body and never finishes it.
    while (clients.length < 6) {
      const client = connect(port, "localhost");
      clients.push(client);
      client.on("error", () => {}); // it is cut off
      await once(client, "connect");
      client.write(
        "POST /api/webhooks/clerk HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
      );
    }
    const toldAt = performance.now();
    await stop(app);
    expect(performance.now() - toldAt).toBeLessThan(20_000); // the ten, and a crowded machine
    expect(app.exitCode).toBe(143);
  } finally {
    for (const client of clients) client.destroy();
    await stop(app);
  }
});
