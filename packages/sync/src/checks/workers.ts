import { z } from "zod/v4";
import { readPgError } from "../database/adapters/pg-error.ts";
import { rethrowAs } from "../database/adapters/rethrow.ts";
import { toSyncError } from "../database/database-error.ts";
import { directClient } from "../database/direct-client.ts";
import { migrate } from "../migrate.ts";
import { missingInQueue } from "../runs/queue.ts";
import { runsHealth } from "../runs/run-health.ts";
import { runsHealthQuery } from "../runs/statements/run-health.ts";
import { SyncError } from "../sync-error.ts";
import type { CheckResult } from "./check.ts";
import type { EngineCheck } from "./context.ts";

const NO_CONNECTION: CheckResult = {
  status: "finding",
  severity: "warning",
  message: "createRollcall was given no connectionString: this process cannot work on runs.",
  remedy: "Pass `connectionString`, a direct connection to the same database.",
};

export const workerConnection: EngineCheck = {
  id: "worker-connection",
  title: "The connection for workers has its own session",
  async run({ connectionString }) {
    if (connectionString === undefined) return NO_CONNECTION;
    try {
      if (!(await sharesSessions(connectionString))) return { status: "ok" };
    } catch (thrown) {
      const { message, hint } = SyncError.from(toSyncError(thrown));
      return { status: "finding", severity: "error", message: `${message}.`, remedy: hint };
    }
    return {
      status: "finding",
      severity: "warning",
      message:
        "It goes through a pooler in transaction mode: state of a session, such as a lock, is lost between two statements.",
      remedy: "Use the direct connection string for workers and migrations: POSTGRES_URL_NON_POOLING, or DIRECT_URL.",
    };
  },
};

const pidRow = z.tuple([z.object({ pid: z.number() })]);

/** Two sessions in one server process, or one session in two: only a pooler of transactions does that. */
async function sharesSessions(connectionString: string): Promise<boolean> {
  const clients = [directClient(connectionString), directClient(connectionString)];
  try {
    const pids: number[][] = [];
    for (const client of clients) await client.connect();
    for (let turn = 0; turn < 3; turn++) {
      const seen: number[] = [];
      for (const client of clients) {
        seen.push(pidRow.parse((await client.query("select pg_backend_pid() as pid")).rows)[0].pid);
      }
      pids.push(seen);
    }
    const ofEach = clients.map((_, index) => new Set(pids.map((seen) => seen[index])));
    return ofEach.some(({ size }) => size > 1) || new Set(pids.flat()).size < clients.length;
  } catch (error) {
    return rethrowAs(readPgError)(error);
  } finally {
    await Promise.allSettled(clients.map((client) => client.end()));
  }
}

export const queue: EngineCheck = {
  id: "queue",
  title: "Workers may use the queue",
  requires: ["worker-connection"],
  async run({ connectionString }) {
    if (connectionString === undefined) return { status: "skipped", why: "there is no connection for workers" };
    const missing = await missingInQueue(connectionString);
    if (missing.length === 0) return { status: "ok" };
    return {
      status: "finding",
      severity: "error",
      message: `The queue is not ready: ${missing.join(", ")}.`,
      remedy:
        "npx rollcall migrate\nThen, if workers connect as another user: GRANT USAGE ON SCHEMA rollcall_queue, and SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA rollcall_queue",
    };
  },
  fix: async ({ connectionString }) => {
    if (connectionString !== undefined) await migrate(connectionString);
  },
};

const healthRow = z.tuple([z.object({ runs: runsHealth })]);

const runFindings: Record<Exclude<z.infer<typeof runsHealth>, "ok">, { message: string; remedy: string }> = {
  failed: { message: "The last run failed.", remedy: "npx rollcall sync: it says why, and resumes where it stopped." },
  stalled: {
    message: "A run has not moved for 15 minutes: no worker is active.",
    remedy: "Start a worker, npx rollcall worker, or continue it: npx rollcall sync",
  },
  awaiting_confirmation: {
    message: "A run waits: many users here are not at Clerk.",
    remedy: "If CLERK_SECRET_KEY is the right one: npx rollcall sync --confirm-deletions",
  },
  overdue: {
    message: "The last full run ended more than 48 hours ago.",
    remedy: "npx rollcall sync, and call the cron route every hour.",
  },
};

export const runs: EngineCheck = {
  id: "runs",
  title: "Runs end",
  requires: ["migrations"],
  async run({ db }) {
    const [{ runs: health }] = healthRow.parse(await db.query(`select ${runsHealthQuery} as runs`));
    if (health === "ok") return { status: "ok" };
    return { status: "finding", severity: "warning", ...runFindings[health] };
  },
};
