import { randomUUID } from "node:crypto";
import pg from "pg";
import PgBoss from "pg-boss";
import { z } from "zod";
import { type Queries, unlessFrozen } from "../database.ts";
import { readDatabaseError } from "../database-error.ts";
import { type Logger, silent } from "../logger.ts";
import { SyncError } from "../sync-error.ts";

/** A job: carry this window of this run on for a while. */
export interface Slice {
  runId: string;
  window: number;
}

export interface SliceJob extends Slice {
  id: string;
}

/** Who works on what, who died over it, and what is tried again. */
export interface SliceQueue extends AsyncDisposable {
  /** Sends a job inside of the caller's transaction: rolled back, the job is gone. @returns its id */
  send(transaction: Queries, slice: Slice, options?: { id?: string; afterMs?: number }): Promise<string>;
  /** Is it waiting, or being worked on? */
  isAlive(jobId: string): Promise<boolean>;
  take(): Promise<SliceJob | null>;
  complete(job: SliceJob): Promise<void>;
  /** It comes again after a pause. */
  fail(job: SliceJob, code: string): Promise<void>;
}

// Its own: another pg-boss in the same database may be of another version.
const SCHEMA = "rollcall_queue";
const QUEUE = "slices";
/** Whose turn it is to make the tables: any fixed number that no other program on this database uses. */
const LOCK_KEY = 7_041_777;
// A worker that was killed is noticed when its job expires, and not before somebody looks: pg-boss's own two minutes
// between two looks would leave the window lying for so long. A slice takes ten seconds and a page, far from the thirty.
const MAINTENANCE_SECONDS = 5;
const JOB = { expireInSeconds: 30, retryLimit: 20, retryDelay: 1 };
const CONNECT_TIMEOUT_MS = 3_000;
const WAITS_AT_MOST = "60s"; // for its turn to make the tables

const dataSchema = z.object({ runId: z.string(), window: z.number() });

/**
 * Opens the queue, pg-boss on the same Postgres, and makes its tables where there are none yet. Dispose of it when the run has ended: it looks after
 * the database every five seconds, which would keep one that sleeps when idle awake.
 *
 * @param connectionString a connection of its own, not through a pooler of transactions
 * @throws SyncError DATABASE_UNREACHABLE; SCHEMA_MISMATCH where it may not make its tables
 */
export async function openQueue(
  connectionString: string,
  { logger = silent }: { logger?: Logger } = {},
): Promise<SliceQueue> {
  const told = (error: unknown) =>
    logger.warn({ event: "queue_failed", code: sqlStateOf(error) ?? null }, "the queue failed");
  const pool = new pg.Pool({ connectionString, max: 4, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // Without listeners, a connection that breaks while idle would end the process; whoever asks next sees the failure.
  pool.on("error", told);
  const db = { executeSql: (text: string, values?: unknown[]) => pool.query(text, values) };
  const boss = new PgBoss({ db, schema: SCHEMA, maintenanceIntervalSeconds: MAINTENANCE_SECONDS, schedule: false });
  boss.on("error", told);
  async function close(): Promise<void> {
    await boss.stop({ graceful: false });
    await pool.end();
  }
  try {
    await named(() =>
      inTurn(pool, async () => {
        await boss.start();
        await boss.createQueue(QUEUE, { name: QUEUE, policy: "standard" });
      }),
    );
  } catch (error) {
    await close();
    throw error;
  }

  return {
    async send(transaction, slice, { id = randomUUID(), afterMs = 0 } = {}) {
      const inTransaction = {
        executeSql: async (text: string, values: unknown[] = []) => ({
          rows: await sending(transaction.$queryRawUnsafe<unknown[]>(text, ...values)),
        }),
      };
      await boss.send(QUEUE, slice, { ...JOB, id, startAfter: afterMs / 1_000, db: inTransaction });
      return id;
    },
    async isAlive(jobId) {
      const job = await named(() => boss.getJobById(QUEUE, jobId));
      return job !== null && ["created", "retry", "active"].includes(job.state);
    },
    async take() {
      const [job] = await boss.fetch(QUEUE); // none, too, where the database is away
      return job ? { id: job.id, ...dataSchema.parse(job.data) } : null;
    },
    complete: (job) => named(() => boss.complete(QUEUE, job.id)),
    fail: (job, code) => named(() => boss.fail(QUEUE, job.id, { code })),
    [Symbol.asyncDispose]: close,
  };
}

/** One process at a time makes the tables: two that meet over them deadlock. */
async function inTurn(pool: pg.Pool, make: () => Promise<void>): Promise<void> {
  const client = await pool.connect();
  client.on("error", () => {}); // where the connection breaks, so does the work
  try {
    // Of a transaction, not of a session: a pooler would keep that, and with it the lock.
    await client.query("begin");
    await client.query(`select ${unlessFrozen}`);
    await client.query(`set local lock_timeout = '${WAITS_AT_MOST}'`);
    await client.query(`select pg_advisory_xact_lock(${LOCK_KEY})`);
    await make();
  } finally {
    client.release(true);
  }
}

/** Does work whose failures come out as SyncErrors. */
async function named<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const sqlState = sqlStateOf(cause);
    if (!sqlState?.startsWith("42")) {
      throw new SyncError("DATABASE_UNREACHABLE", "No connection for the queue: check POSTGRES_URL_NON_POOLING", {
        cause,
      });
    }
    throw new SyncError(
      "SCHEMA_MISMATCH",
      `The queue's tables cannot be made or used: SQLSTATE ${sqlState}. Grant the user of the connection the right to create a schema (GRANT CREATE ON DATABASE), or make the schema ${SCHEMA} his`,
      { cause },
    );
  }
}

const sqlStateOf = (error: unknown): string | undefined => (error instanceof pg.DatabaseError ? error.code : undefined);

/** The job goes through the host's own connection, which may be another role's, or lead elsewhere. */
async function sending<T>(sent: PromiseLike<T>): Promise<T> {
  try {
    return await sent;
  } catch (cause) {
    if (readDatabaseError(cause)?.kind !== "schema") throw cause;
    throw new SyncError(
      "SCHEMA_MISMATCH",
      `POSTGRES_URL's user cannot write to the queue in the schema ${SCHEMA}: POSTGRES_URL and POSTGRES_URL_NON_POOLING must name the same database, and the user needs USAGE on the schema and SELECT and INSERT on its tables`,
      { cause },
    );
  }
}
