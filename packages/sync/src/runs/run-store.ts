import { randomUUID } from "node:crypto";
import { type Database, type Queries, readCommitted, unlessFrozen } from "../database/database.ts";
import { retryOnRace } from "../database/retry.ts";
import type { Logger } from "../logger.ts";
import type { Position } from "./cursors/position.ts";
import { cancelRuns } from "./end-run.ts";
import { latestHighWaterMark } from "./latest-high-water-mark.ts";
import { logRun } from "./log-run.ts";
import type { WindowQueue } from "./queue.ts";
import { isUnderWay, type RunKind, type RunState, UNDER_WAY } from "./report.ts";
import { type Run, readRuns, runColumns } from "./run.ts";

export interface StartOptions {
  /** Who: a user's id or a command. */
  startedBy: string;
  kind?: RunKind;
  dryRun?: boolean;
  /** Missing users are made tombstones without asking, however many they are; a run that waits for that goes on. */
  confirmDeletions?: boolean;
}

export interface LastOptions {
  kind?: RunKind | null;
  states?: RunState[] | null;
}

export interface StartedRun {
  runId: string;
  state: RunState;
  /** It was there already: under way, waiting, or failed a while ago, and goes on. */
  joined: boolean;
}

/** `ended`: in another state than cancelled, so that there is nothing to cancel. */
export type CancelResult = { state: "cancelled"; run: Run } | { state: "ended"; run: Run } | { state: "not_found" };

/** `another_is_under_way`: the run still waits, and can be confirmed when that one has ended. */
export type ConfirmResult =
  | { state: "confirmed"; run: Run }
  | { state: "not_waiting"; run: Run }
  | { state: "another_is_under_way" }
  | { state: "not_found" };

// A run that failed in this time resumes where it stopped, so that what it has read is not read again.
const RESUMED_WITHIN = "24 hours";
// A run that fails each time it resumes ends for good after this time from its start.
const RESUMED_UP_TO = "7 days";
// What failed at once must not be tried again at once, over and over, by workers who look every ten seconds.
const RESTS_FOR = "10 minutes";
// Without a bound the runs would pile up: an hourly one is 9,000 a year.
const KEPT = "90 days";

// Losing a race for the one place of the active run is no failure: the winner is joined.
const RACES = new Set(["SyncRun_active_key"]);

/** The runs' rows. One run is active at a time, over all processes; a dry run is in nobody's way but another dry run's. */
export function createRunStore(db: Database, logger: Logger) {
  const read = async (clauses: string, ...values: unknown[]): Promise<Run[]> =>
    readRuns(await db.$queryRawUnsafe(`select ${runColumns} from "SyncRun" r ${clauses}`, ...values));
  const ids = (statement: string, ...values: unknown[]) => db.$queryRawUnsafe<{ id: string }[]>(statement, ...values);

  const store = {
    /** Starts a run, or goes on with one that is there. An incremental one needs a mark: without it the run is a full one. */
    start: ({
      startedBy,
      kind: wanted = "full",
      dryRun = false,
      confirmDeletions = false,
    }: StartOptions): Promise<StartedRun> =>
      retryOnRace(RACES, async () => {
        const kind = wanted === "full" || (await latestHighWaterMark(db)) !== null ? wanted : "full";
        if (!dryRun) {
          const run = await goOn(kind, confirmDeletions);
          if (run) return { runId: run.report.runId, state: run.report.state, joined: true };
        }
        const runId = randomUUID();
        // What waits for a confirmation is older news than a full run will bring. One that is full for want of a mark
        // alone was not asked for as such, and leaves it.
        const replaces = wanted === "full" && !dryRun;
        const replaced = await db.$transaction(
          (transaction) =>
            insertRun(transaction, { runId, kind, dryRun, startedBy, confirmed: confirmDeletions, replaces }),
          readCommitted,
        );
        for (const id of [...replaced, runId]) await logRun(db, logger, id);
        return { runId, state: "planned", joined: false };
      }),

    /** Its workers stop after the page in hand. A run that was cancelled before is `cancelled`, too. */
    async cancel(runId: string): Promise<CancelResult> {
      const cancelled = await ids(
        cancelRuns(`id = $1::uuid and (${UNDER_WAY} or state = 'awaiting_confirmation')`),
        runId,
      );
      for (const { id } of cancelled) await logRun(db, logger, id);
      const run = await store.get(runId);
      if (!run) return { state: "not_found" };
      return { state: run.report.state === "cancelled" ? "cancelled" : "ended", run };
    },

    /**
     * A run that waits goes on, if no other is under way. One that was confirmed before and goes on is `confirmed`, too: a
     * second click does no harm.
     */
    confirm: (runId: string): Promise<ConfirmResult> =>
      retryOnRace(RACES, async () => {
        const [confirmed] = await goOnConfirmed(runId);
        const run = await store.get(runId);
        if (!run) return { state: "not_found" };
        const { state } = run.report;
        if (confirmed || (isUnderWay(state) && run.confirmed)) return { state: "confirmed", run };
        return state === "awaiting_confirmation" ? { state: "another_is_under_way" } : { state: "not_waiting", run };
      }),

    get: async (runId: string): Promise<Run | null> => (await read("where r.id = $1::uuid", runId))[0] ?? null,

    /** The run under way; where there is none the newest goes on, if it failed a while ago. */
    resume: (): Promise<Run | null> =>
      retryOnRace(RACES, async () => {
        const underWay = await store.active();
        if (underWay) return underWay;
        const [resumed] = await resume(null, false, RESTS_FOR);
        return resumed ? store.get(resumed.id) : null;
      }),

    /** The run under way, if there is one. */
    active: async (): Promise<Run | null> => (await read(`where ${UNDER_WAY} and not "dryRun"`))[0] ?? null,

    /** The newest first; `before` = the id of the last one seen. */
    list: ({ before, limit }: { before: string | null; limit: number }): Promise<Run[]> =>
      read(
        `where $1::uuid is null or (r."startedAt", r.id) < (select "startedAt", id from "SyncRun" where id = $1::uuid)
         order by r."startedAt" desc, r.id desc limit $2::int`,
        before,
        limit,
      ),

    /** The newest of this instance that is no dry run, of one kind or in certain states where asked. */
    async last({ kind = null, states = null }: LastOptions = {}): Promise<Run | null> {
      const [run] = await read(
        `where not "dryRun" and ("instanceId" is null or "instanceId" = (select id from "ClerkInstance")) and ($1::text is null or kind = $1::text::"RunKind") and ($2::text[] is null or state = any($2::text[]::"RunState"[]))
         order by "startedAt" desc limit 1`,
        kind,
        states,
      );
      return run ?? null;
    },

    /** Sees to it that each open window of a run under way has a job: its own may be lost, or never have been sent. */
    async revive(runId: string, queue: WindowQueue): Promise<void> {
      const open = await db.$queryRawUnsafe<{ window: number; jobId: string | null }[]>(
        `select number as window, "jobId" from "SyncWindow" w join "SyncRun" r on r.id = w."runId"
         where r.id = $1::uuid and r.${UNDER_WAY} and w."endedAt" is null`,
        runId,
      );
      for (const { window, jobId } of open) {
        if (jobId !== null && (await queue.isAlive(jobId))) continue;
        await db.$transaction(async (transaction) => {
          await transaction.$executeRawUnsafe(`select ${unlessFrozen}`);
          const id = randomUUID();
          const mine = await transaction.$executeRawUnsafe(
            `update "SyncWindow" set "jobId" = $4::uuid
             where "runId" = $1::uuid and number = $2::int and "jobId" is not distinct from $3::uuid and "endedAt" is null`,
            runId,
            window,
            jobId,
            id,
          );
          if (mine === 1) await queue.send(transaction, { runId, window }, { id });
        }, readCommitted);
      }
    },
  };

  /** The run to go on with instead of a new one: under way, waiting for this confirmation, or failed a while ago. */
  async function goOn(kind: RunKind, confirmed: boolean): Promise<Run | null> {
    if (confirmed) {
      await db.$executeRawUnsafe(
        `update "SyncRun" set confirmed = true where ${UNDER_WAY} and not "dryRun" and kind = 'full'`,
      );
    }
    const underWay = await store.active();
    if (underWay) return underWay;
    const [waiting] = confirmed ? await goOnConfirmed(null) : [];
    const [resumed] = waiting ? [waiting] : await resume(kind, confirmed, "0 s");
    return resumed ? store.get(resumed.id) : null;
  }

  /**
   * Opens the last window of a run that waits for its deletions to be confirmed. Its state stands in the outer condition,
   * which PostgreSQL looks at again after waiting for the row: of two at once one opens it.
   */
  const goOnConfirmed = (runId: string | null) =>
    goingOn(
      `with run as (
        update "SyncRun" set state = 'running', confirmed = true, "endedAt" = null where state = 'awaiting_confirmation' and id = (
          select id from "SyncRun" where state = 'awaiting_confirmation' and ($1::uuid is null or id = $1::uuid)
            and not exists (select from "SyncRun" where ${UNDER_WAY} and not "dryRun") order by "startedAt" desc limit 1
        ) returning id
      ), opened as (
        insert into "SyncWindow" ("runId", number, position, "movedAt")
        select id, (select max(number) + 1 from "SyncWindow" where "runId" = id), '${JSON.stringify(asked(""))}', clock_timestamp() from run
      ) select id from run`,
      runId,
    );

  /** The newest run, of one kind where asked, if it failed, and not within a time just now. */
  const resume = (kind: RunKind | null, confirmed: boolean, restsFor: string) =>
    goingOn(
      `with last as (
        select id from "SyncRun" where not "dryRun" and ($1::text is null or kind = $1::text::"RunKind") order by "startedAt" desc limit 1
      ), run as (
        update "SyncRun" r set "endedAt" = null, "failureCode" = null, "failedWindow" = null, "pausedSince" = null, "pausedUntil" = null,
          confirmed = confirmed or $2::boolean, state = case when exists (select from "SyncWindow" where "runId" = r.id and number > 0) then 'running' else 'planned' end::"RunState"
        from last where r.id = last.id and r.state = 'failed' and r."endedAt" > clock_timestamp() - interval '${RESUMED_WITHIN}'
          and r."startedAt" > clock_timestamp() - interval '${RESUMED_UP_TO}'
          and r."endedAt" <= clock_timestamp() - $3::interval
          -- After an adoption its cursors are of no use: another instance's, or behind users who were let go meanwhile.
          and (r."instanceId" is null or exists (select from "ClerkInstance" i where i.id = r."instanceId" and i."adoptedAt" < r."startedAt"))
        returning r.id
      ), windows as (
        update "SyncWindow" w set attempts = 0, "jobId" = null, "movedAt" = clock_timestamp() from run
        where w."runId" = run.id and w."endedAt" is null
      ) select id from run`,
      kind,
      confirmed,
      restsFor,
    );

  /** Lets runs go on by a statement that returns their ids, and logs it. */
  async function goingOn(statement: string, ...values: unknown[]): Promise<{ id: string }[]> {
    const runs = await ids(statement, ...values);
    for (const { id } of runs) await logRun(db, logger, id);
    return runs;
  }

  return store;
}

export type RunStore = ReturnType<typeof createRunStore>;

const asked = (after: string): Position => ({ pass: "missing", after });
const unplanned: Position = { pass: "plan" };

async function insertRun(
  transaction: Queries,
  run: { runId: string; kind: RunKind; dryRun: boolean; startedBy: string; confirmed: boolean; replaces: boolean },
): Promise<string[]> {
  const { runId, kind, dryRun, startedBy, confirmed, replaces } = run;
  await transaction.$executeRawUnsafe(`select ${unlessFrozen}`);
  await transaction.$executeRawUnsafe(
    `delete from "SyncRun" where "startedAt" < clock_timestamp() - interval '${KEPT}'`,
  );
  // A dry run is one at a time: what a killed process has left would stay under way, since nobody goes on with it.
  const outdated = dryRun ? `${UNDER_WAY} and "dryRun"` : replaces ? `state = 'awaiting_confirmation'` : "false";
  const replaced = await transaction.$queryRawUnsafe<{ id: string }[]>(cancelRuns(outdated));
  await transaction.$executeRawUnsafe(
    `insert into "SyncRun" (id, kind, "dryRun", state, "startedBy", confirmed, "startedAt", "instanceId")
     values ($1::uuid, $2::text::"RunKind", $3::boolean, 'planned', $4::text, $5::boolean, clock_timestamp(), (select id from "ClerkInstance"))`,
    runId,
    kind,
    dryRun,
    startedBy,
    confirmed,
  );
  await transaction.$executeRawUnsafe(
    `insert into "SyncWindow" ("runId", number, position, "movedAt") values ($1::uuid, 0, $2::jsonb, clock_timestamp())`,
    runId,
    JSON.stringify(unplanned),
  );
  return replaced.map(({ id }) => id);
}
