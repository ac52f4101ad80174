import { randomUUID } from "node:crypto";
import { z } from "zod/v4";
import { type Database, unlessFrozen } from "../database/database.ts";
import type { WindowQueue } from "./queue.ts";
import { openWindows, replaceJob } from "./statements/window.ts";

const openRows = z.array(z.object({ window: z.number(), jobId: z.string().nullable() }));

/** Ensures that each open window of a run under way has a job: its own may be lost, or may never have been sent. */
export async function reviveRun(db: Database, runId: string, queue: WindowQueue): Promise<void> {
  const open = openRows.parse(await db.query(openWindows, [runId]));
  for (const { window, jobId } of open) {
    if (jobId !== null && (await queue.isAlive(jobId))) continue;
    await db.transaction(async (transaction) => {
      await transaction.query(`select ${unlessFrozen}`);
      const id = randomUUID();
      const replaced = await transaction.query(replaceJob, [runId, window, jobId, id]);
      if (replaced.length === 1) await queue.send(transaction, { runId, window }, { id });
    });
  }
}
