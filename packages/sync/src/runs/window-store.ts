import { randomUUID } from "node:crypto";
import { z } from "zod";
import { type Database, readCommitted, unlessFrozen } from "../database/database.ts";
import { NO_UNIQUE_INDEXES, retryOnRace } from "../database/retry.ts";
import type { SyncErrorCode } from "../sync-error.ts";
import { keepCandidates } from "./candidates.ts";
import { type ClaimedWindow, claimedWindowSchema } from "./claimed-window.ts";
import { withoutIds } from "./cursors/position.ts";
import { finishWindow, type Moved } from "./finish-window.ts";
import type { PageResult } from "./passes/page-result.ts";
import type { WindowJob, WindowQueue } from "./queue.ts";
import { type Counts, countColumns, counters, countIn, UNDER_WAY } from "./report.ts";
import { pausedForMs } from "./run.ts";

/**
 * Reads a window and counts an attempt: a page that kills its worker leaves no other trace. A window that this version
 * cannot read is not attempted.
 *
 * @returns null where there is nothing to do: the window or the run has ended
 * @throws ZodError where a newer version wrote the position
 */
export async function claimWindow(db: Database, { runId, window }: WindowJob): Promise<ClaimedWindow | null> {
  const [held] = z.array(claimedWindowSchema).parse(
    await db.$queryRawUnsafe(
      `select w."runId", w.number, w.position, w.checkpoint, w.attempts, json_build_object(${countColumns("w")}) as counts, w."lastError",
         r.kind::text as kind, r."dryRun", r."instanceId", ${pausedForMs("r")} as "pausedForMs"
       from "SyncWindow" w join "SyncRun" r on r.id = w."runId"
       where w."runId" = $1::uuid and w.number = $2::int and w."endedAt" is null and r.${UNDER_WAY}`,
      runId,
      window,
    ),
  );
  if (!held) return null;
  const [counted] = z.array(claimedWindowSchema.pick({ attempts: true })).parse(
    await db.$queryRawUnsafe(
      `update "SyncWindow" set attempts = attempts + 1
       where "runId" = $1::uuid and number = $2::int and checkpoint = $3::int and "endedAt" is null returning attempts`,
      runId,
      window,
      held.checkpoint,
    ),
  );
  // Moved in between: another worker is at it.
  return counted ? { ...held, ...counted } : null;
}

// A checkpoint waits behind at most a few others of its run.
const TRANSACTION_MS = { maxWait: 15_000, timeout: 30_000 };

/**
 * Moves the window after its page was applied: cursor, counters and the next job in one transaction, by compare-and-set
 * on the checkpoint and only while the run goes on. Who loses it stops: his page was applied twice, and is counted once.
 *
 * @param goesOn false where the slice ends here, so that the window needs a next job
 * @throws what the database throws: then nothing has moved
 */
export function checkpoint(
  db: Database,
  queue: WindowQueue,
  held: ClaimedWindow,
  step: PageResult,
  { clerkCalls, goesOn }: { clerkCalls: number; goesOn: boolean },
): Promise<Moved> {
  const position = step.position ?? withoutIds(held.position);
  const counted = countIn(held.counts, step.applied ?? []);
  const counts: Counts = {
    ...counted,
    tombstoned: counted.tombstoned + (step.tombstoned ?? 0),
  };
  const ended = step.position === null;
  const next: ClaimedWindow = { ...held, position, counts, checkpoint: held.checkpoint + 1, attempts: 0 };
  // The end of a window may be the end of its pass: then two that end at once must take turns.
  const lock = ended ? "update" : "share";
  return retryOnRace(NO_UNIQUE_INDEXES, () =>
    db.$transaction(
      async (transaction): Promise<Moved> => {
        const jobId =
          ended || goesOn ? null : await queue.send(transaction, { runId: held.runId, window: held.number });
        const [moved] = await transaction.$queryRawUnsafe<{ wasPaused: boolean; pausedForMs: number }[]>(
          `with run as (select id, "pausedSince", "pausedUntil", ${unlessFrozen} from "SyncRun" where id = $1::uuid and ${UNDER_WAY} for ${lock})
           update "SyncWindow" w set position = $4::jsonb, checkpoint = w.checkpoint + 1, attempts = 0, "lastError" = null,
             "jobId" = coalesce($5::uuid, "jobId"), ${counters.map((name, at) => `${quoted(name)} = ${name === "clerkCalls" ? 'w."clerkCalls" + ' : ""}$${at + 8}::int`).join(", ")},
             errors = $6::jsonb, "movedAt" = clock_timestamp(), "endedAt" = case when $7::boolean then clock_timestamp() end
           from run where w."runId" = run.id and w.number = $2::int and w.checkpoint = $3::int and w."endedAt" is null
           returning run."pausedSince" is not null as "wasPaused", ${pausedForMs("run")} as "pausedForMs"`,
          held.runId,
          held.number,
          held.checkpoint,
          JSON.stringify(position),
          jobId,
          JSON.stringify(counts.errors),
          ended,
          ...counters.map((name) => (name === "clerkCalls" ? clerkCalls : counts[name])),
        );
        if (!moved) throw new Lost();
        if (held.kind === "full") await keepCandidates(transaction, held, step);
        if (ended) return finishWindow(transaction, queue, held, step);
        return { state: "held", held: { ...next, pausedForMs: moved.pausedForMs }, wasPaused: moved.wasPaused };
      },
      { ...readCommitted, ...TRANSACTION_MS },
    ),
  ).catch((error: unknown) => {
    if (error instanceof Lost) return { state: "lost" };
    throw error;
  });
}

/** Somebody else has moved the window, or the run has ended: this transaction, its job included, must not be. */
class Lost extends Error {}

const quoted = (name: string) => `"${name}"`;

/** Gives the window back, to be carried on after a while; a pause is no attempt. A window that has moved on is left alone. */
export async function postpone(db: Database, queue: WindowQueue, held: ClaimedWindow, afterMs: number): Promise<void> {
  await db.$transaction(async (transaction) => {
    await transaction.$executeRawUnsafe(`select ${unlessFrozen}`);
    const id = randomUUID();
    const mine = await transaction.$executeRawUnsafe(
      `update "SyncWindow" set attempts = greatest(attempts - 1, 0), "jobId" = $4::uuid
       where "runId" = $1::uuid and number = $2::int and checkpoint = $3::int and "endedAt" is null`,
      held.runId,
      held.number,
      held.checkpoint,
      id,
    );
    if (mine === 1) await queue.send(transaction, { runId: held.runId, window: held.number }, { id, afterMs });
  }, readCommitted);
}

/**
 * Why a slice did not move its window, for those who look at the run.
 *
 * @param options.countsAttempt false where the process is at fault: others may try as often as before
 */
export async function noteFailure(
  db: Database,
  held: ClaimedWindow,
  code: SyncErrorCode,
  { countsAttempt }: { countsAttempt: boolean },
): Promise<void> {
  await db.$executeRawUnsafe(
    `update "SyncWindow" set "lastError" = $4::text, attempts = greatest(attempts - $5::int, 0)
     where "runId" = $1::uuid and number = $2::int and checkpoint = $3::int and "endedAt" is null`,
    held.runId,
    held.number,
    held.checkpoint,
    code,
    countsAttempt ? 0 : 1,
  );
}

/** Counts calls of Clerk whose page was not counted. */
export async function addCalls(db: Database, { runId, number }: ClaimedWindow, clerkCalls: number): Promise<void> {
  if (clerkCalls === 0) return;
  await db.$executeRawUnsafe(
    `update "SyncWindow" set "clerkCalls" = "clerkCalls" + $3::int where "runId" = $1::uuid and number = $2::int`,
    runId,
    number,
    clerkCalls,
  );
}
