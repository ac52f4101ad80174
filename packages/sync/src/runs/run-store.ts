import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Database } from "../database.ts";
import { emptyReport, type RunReport, type RunState, reportSchema } from "./report.ts";

/** A run as it stands in the database. */
export interface Run {
  report: RunReport;
  startedBy: string;
  /** Users at Clerk when the run began. */
  total: number | null;
  startedAt: Date;
  endedAt: Date | null;
}

export interface StartedRun {
  runId: string;
  state: RunState;
  /** Somebody had started it already. */
  joined: boolean;
}

// A page takes a second or two, a pause for Clerk's quota ten: who is silent for a minute has lost its process.
const SILENCE = "60 seconds";

const epoch = z.number().transform((ms) => new Date(ms));
const runSchema = z.object({
  report: reportSchema,
  startedBy: z.string(),
  total: z.number().nullable(),
  startedAt: epoch,
  endedAt: epoch.nullable(),
});

const ms = (column: string) => `(extract(epoch from "${column}") * 1000)::float8 as "${column}"`;
const columns = `report || jsonb_build_object('state', state::text) as report, "startedBy", total, ${ms("startedAt")}, ${ms("endedAt")}`;

/** The runs' rows. One run is active at a time, over all processes; a dry run is in nobody's way. */
export function createRunStore(db: Database) {
  const read = async (where: string, ...values: unknown[]): Promise<Run | null> => {
    const rows = await db.$queryRawUnsafe(`select ${columns} from "SyncRun" where ${where}`, ...values);
    return z.array(runSchema).parse(rows)[0] ?? null;
  };

  return {
    /** Starts a run, or joins the active one. One whose process was lost is ended first. */
    async start({ startedBy, dryRun }: { startedBy: string; dryRun: boolean }): Promise<StartedRun> {
      const report = emptyReport({ runId: randomUUID(), dryRun });
      await db.$executeRawUnsafe(
        `update "SyncRun" set state = 'failed', "endedAt" = clock_timestamp()
         where state in ('planned', 'running') and "aliveAt" < clock_timestamp() - interval '${SILENCE}'`,
      );
      const inserted = await db.$executeRawUnsafe(
        `insert into "SyncRun" (id, kind, "dryRun", state, "startedBy", report, "startedAt", "aliveAt")
         values ($1::uuid, 'full', $2::boolean, 'planned', $3::text, $4::jsonb, clock_timestamp(), clock_timestamp())
         on conflict do nothing`,
        report.runId,
        dryRun,
        startedBy,
        JSON.stringify(report),
      );
      if (inserted === 1) return { runId: report.runId, state: "planned", joined: false };
      const active = await read(`state in ('planned', 'running') and not "dryRun"`);
      // It ended between the two statements: then its place is free.
      return active
        ? { runId: active.report.runId, state: active.report.state, joined: true }
        : this.start({ startedBy, dryRun });
    },

    /** How far the run has come, or how it ended. */
    async save(report: RunReport, total: number | null): Promise<void> {
      await db.$executeRawUnsafe(
        `update "SyncRun" set state = $2::text::"RunState", report = $3::jsonb, total = coalesce($4::int, total), "aliveAt" = clock_timestamp(),
           "endedAt" = case when $2::text in ('planned', 'running') then null else clock_timestamp() end
         where id = $1::uuid and state in ('planned', 'running')`,
        report.runId,
        report.state,
        JSON.stringify(report),
        total,
      );
    },

    /** The run's process lives, though nothing has changed. */
    async touch(runId: string): Promise<void> {
      await db.$executeRawUnsafe(`update "SyncRun" set "aliveAt" = clock_timestamp() where id = $1::uuid`, runId);
    },

    get: (runId: string): Promise<Run | null> => read("id = $1::uuid", runId),
    last: (): Promise<Run | null> => read(`not "dryRun" order by "startedAt" desc limit 1`),
  };
}

export type RunStore = ReturnType<typeof createRunStore>;
