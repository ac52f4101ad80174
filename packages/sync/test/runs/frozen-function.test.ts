import { expect, test } from "vitest";
import type { Database } from "../../src/index.ts";
import { silent } from "../../src/logger.ts";
import { openQueue } from "../../src/runs/queue.ts";
import { reviveRun } from "../../src/runs/revive.ts";
import { createRunStore } from "../../src/runs/run-store.ts";
import { claimWindow, postpone } from "../../src/runs/window-store.ts";
import { openHost } from "../write-path/host.ts";

test("each transaction of a run releases its locks after a minute, if the function that began it is frozen", async () => {
  await using host = await openHost();
  const limits: unknown[] = [];
  const db: Database = {
    query: host.db.query,
    transaction: (work, within) =>
      host.db.transaction(async (transaction) => {
        const result = await work(transaction);
        limits.push(await transaction.query(`select current_setting('idle_in_transaction_session_timeout') as limit`));
        return result;
      }, within),
  };
  await using queue = await openQueue(host.url);
  const store = createRunStore(db, silent);
  const { runId } = await store.start({ startedBy: "test" });
  await reviveRun(db, runId, queue);
  const claimed = await claimWindow(db, { runId, window: 0 });
  if (!claimed) throw new Error("the run has no window");
  await postpone(db, queue, claimed, 0);
  expect(limits).toEqual(Array(3).fill([{ limit: "1min" }]));
});
