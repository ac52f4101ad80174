import { randomUUID } from "node:crypto";
import { z } from "zod/v4";
import { type Database, unlessFrozen } from "../database/database.ts";
import { NO_UNIQUE_INDEXES, retryOnRace } from "../database/retry.ts";
import type { SyncErrorCode } from "../sync-error.ts";
import { keepCandidates } from "./candidates.ts";
import { type ClaimedWindow, claimedWindowSchema } from "./claimed-window.ts";
import { withoutIds } from "./cursors/position.ts";
import { finishWindow, type Moved } from "./finish-window.ts";
import type { PageResult } from "./passes/page-result.ts";
import type { WindowJob, WindowQueue } from "./queue.ts";
import { type Counts, counters, countIn } from "./report.ts";
import * as statements from "./statements/window.ts";

/**
 * Reads a window and counts an attempt: a page that kills its worker leaves no other trace. A window that this version
 * cannot read is not attempted.
 *
 * @returns null where there is nothing to do: the window or the run has ended
 * @throws ZodError where a newer version wrote the position
 */
export async function claimWindow(db: Database, { runId, window }: WindowJob): Promise<ClaimedWindow | null> {
  const rows = await db.query(statements.openWindow, [runId, window]);
  const [claimed] = z.array(claimedWindowSchema).parse(rows);
  if (!claimed) return null;
  const [counted] = z
    .array(claimedWindowSchema.pick({ attempts: true }))
    .parse(await db.query(statements.countAttempt, [runId, window, claimed.checkpoint]));
  // Moved in between: another worker is at it.
  return counted ? { ...claimed, ...counted } : null;
}

// A checkpoint waits behind at most a few others of its run.
const TRANSACTION_MS = { maxWait: 15_000, timeout: 30_000 };

/**
 * Moves the window after its page was applied: cursor, counters and the next job in one transaction, by compare-and-set
 * on the checkpoint and only while the run is under way. A worker that loses it stops: its page was applied twice, and is counted once.
 *
 * @param continues false where the job ends here, so that the window needs a next one
 * @throws what the database throws: then nothing has moved
 */
export function checkpoint(
  db: Database,
  queue: WindowQueue,
  window: ClaimedWindow,
  result: PageResult,
  { clerkCalls, continues }: { clerkCalls: number; continues: boolean },
): Promise<Moved> {
  const position = result.position ?? withoutIds(window.position);
  const counted = countIn(window.counts, result.applied ?? []);
  const counts: Counts = {
    ...counted,
    tombstoned: counted.tombstoned + (result.tombstoned ?? 0),
  };
  const ended = result.position === null;
  const next: ClaimedWindow = { ...window, position, counts, checkpoint: window.checkpoint + 1, attempts: 0 };
  // The end of a window may be the end of its pass: then two that end at once must take turns.
  const lock = ended ? "update" : "share";
  return retryOnRace(NO_UNIQUE_INDEXES, () =>
    db.transaction(async (transaction): Promise<Moved> => {
      const jobId =
        ended || continues ? null : await queue.send(transaction, { runId: window.runId, window: window.number });
      const [moved] = movedRows.parse(
        await transaction.query(statements.moveWindow(lock), [
          window.runId,
          window.number,
          window.checkpoint,
          JSON.stringify(position),
          jobId,
          JSON.stringify(counts.errors),
          ended,
          ...counters.map((name) => (name === "clerkCalls" ? clerkCalls : counts[name])),
        ]),
      );
      if (!moved) throw new Lost();
      if (window.kind === "full") await keepCandidates(transaction, window, result);
      if (ended) return finishWindow(transaction, queue, window, result);
      return { state: "moved", window: { ...next, pausedForMs: moved.pausedForMs }, wasPaused: moved.wasPaused };
    }, TRANSACTION_MS),
  ).catch((error: unknown) => {
    if (error instanceof Lost) return { state: "lost" };
    throw error;
  });
}

const movedRows = z.array(z.object({ wasPaused: z.boolean(), pausedForMs: z.number() }));

/** Another worker has moved the window, or the run has ended: this transaction is rolled back, its job included. */
class Lost extends Error {}

/** Gives the window back, to be carried on after a while; a pause is no attempt. A window that has moved on is left alone. */
export async function postpone(
  db: Database,
  queue: WindowQueue,
  window: ClaimedWindow,
  afterMs: number,
): Promise<void> {
  await db.transaction(async (transaction) => {
    await transaction.query(`select ${unlessFrozen}`);
    const id = randomUUID();
    const postponed = await transaction.query(statements.postponeWindow, [
      window.runId,
      window.number,
      window.checkpoint,
      id,
    ]);
    if (postponed.length === 1)
      await queue.send(transaction, { runId: window.runId, window: window.number }, { id, afterMs });
  });
}

/**
 * Notes why a job did not move its window, for people who look at the run.
 *
 * @param options.countsAttempt false where the process is at fault: others may try as often as before
 */
export async function noteFailure(
  db: Database,
  window: ClaimedWindow,
  code: SyncErrorCode,
  { countsAttempt }: { countsAttempt: boolean },
): Promise<void> {
  await db.query(statements.noteError, [window.runId, window.number, window.checkpoint, code, countsAttempt ? 0 : 1]);
}

/** Counts calls of Clerk whose page was not counted. */
export async function addCalls(db: Database, { runId, number }: ClaimedWindow, clerkCalls: number): Promise<void> {
  if (clerkCalls === 0) return;
  await db.query(statements.addClerkCalls, [runId, number, clerkCalls]);
}
