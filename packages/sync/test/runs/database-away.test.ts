import { type Gate, openGate } from "@rollcall/dev-stack/testing/gate";
import { expect, test } from "vitest";
import { createRollcall } from "../../src/index.ts";
import { openDatabase } from "../open-database.ts";
import { between, isWalks } from "./between.ts";
import { expectCarriedOver } from "./carried-over.ts";
import { openMirror } from "./mirror.ts";

test.concurrent.each<[string, (gate: Gate) => void]>([
  ["that refuses connections", (gate) => gate.shut()],
  ["that does not answer", (gate) => gate.silence()],
])(
  "a worker with a database %s for long ends and says so; the next one continues, and each user is counted once",
  async (_, goAway) => {
    await using mirror = await openMirror();
    await using gate = await openGate(mirror.host.url);
    const { runs } = mirror.rollcall();
    const { runId } = await runs.start({ startedBy: "test" });
    await using clerk = await between(mirror.clerk.url, async (question, ask) => {
      if (isWalks(question) && question.parameters.has("starting_after")) goAway(gate);
      return ask();
    });
    const db = openDatabase(gate.url, { connectMs: 3_000 });
    const away = createRollcall({
      db,
      connectionString: gate.url,
      clerk: { secretKey: mirror.clerk.secretKey, apiUrl: clerk.url },
    });
    await expect(away.runs.work({ runId })).rejects.toMatchObject({ name: "SyncError", code: "DATABASE_UNREACHABLE" });
    await db[Symbol.asyncDispose]();
    expect((await runs.get(runId))?.report).toMatchObject({ state: "running", seen: 500 });

    await mirror.host.sql.query(`update rollcall_queue.job set started_on = started_on - interval '31 s'`);
    await runs.work({ runId });
    expect((await runs.get(runId))?.report).toMatchObject({ state: "done", seen: 520, failed: 0 });
    await expectCarriedOver(mirror);
  },
);

test.concurrent("a worker continues after its database restarts in the middle of a page", async () => {
  await using mirror = await openMirror();
  let isRestarted = false;
  await using clerk = await between(mirror.clerk.url, async (question, ask) => {
    if (isWalks(question) && question.parameters.has("starting_after") && !isRestarted) {
      isRestarted = true;
      await mirror.host.sql.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
      );
    }
    return ask();
  });
  const { report } = await mirror.run({}, { apiUrl: clerk.url });
  expect(isRestarted).toBe(true);
  expect(report).toMatchObject({ state: "done", seen: 520, failed: 0 });
  await expectCarriedOver(mirror);
});
