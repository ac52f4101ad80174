import { randomUUID } from "node:crypto";
import { type Database, readCommitted, unlessFrozen } from "../database/database.ts";
import type { WindowQueue } from "./queue.ts";
import { openWindows, replaceJob } from "./statements/window.ts";

/** Ensures that each open window of a run under way has a job: its own may be lost, or may never have been sent. */
export async function reviveRun(db: Database, runId: string, queue: WindowQueue): Promise<void> {
  const open = await db.$queryRawUnsafe<{ window: number; jobId: string | null }[]>(openWindows, runId);
  for (const { window, jobId } of open) {
    if (jobId !== null && (await queue.isAlive(jobId))) continue;
    await db.$transaction(async (transaction) => {
      await transaction.$executeRawUnsafe(`select ${unlessFrozen}`);
      const id = randomUUID();
      const replaced = await transaction.$executeRawUnsafe(replaceJob, runId, window, jobId, id);
      if (replaced === 1) await queue.send(transaction, { runId, window }, { id });
    }, readCommitted);
  }
}
