import { randomUUID } from "node:crypto";
import { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import PgBoss from "pg-boss";
import { z } from "zod/v4";
import { type Database, type Queries, unlessFrozen } from "../database/database.ts";
import { readDatabaseError } from "../database/database-error.ts";
import { directClient, TIME_LIMITS } from "../database/direct-client.ts";
import { type Logger, silent } from "../logger.ts";
import { SyncError } from "../sync-error.ts";
import { POSITION_VERSION } from "./cursors/position.ts";
import { missingTablesAndRights } from "./statements/queue-rights.ts";

/** A job: process this window of this run for a while. */
export interface WindowJob {
  runId: string;
  window: number;
}

export interface ActiveWindowJob extends WindowJob {
  id: string;
}

/** Knows which job is active, which was lost with its worker, and which is retried. */
export interface WindowQueue extends AsyncDisposable {
  /** Sends a job inside the caller's transaction: a rollback removes the job. @returns its id */
  send(transaction: Queries, job: WindowJob, options?: { id?: string; afterMs?: number }): Promise<string>;
  /** Whether it waits or is worked on. */
  isAlive(jobId: string): Promise<boolean>;
  /** @throws SyncError DATABASE_UNREACHABLE; SCHEMA_MISMATCH if a right is missing */
  take(): Promise<ActiveWindowJob | null>;
  complete(job: ActiveWindowJob): Promise<void>;
  /** It is retried after a pause. */
  fail(job: ActiveWindowJob, code: string): Promise<void>;
}

/** The queue in the database. A process may lack the rights for it. */
export interface DatabaseQueue extends WindowQueue {
  /** Sends a job as `send` does, and removes it. @throws SyncError SCHEMA_MISMATCH if the caller's connection may not send */
  probe(db: Database): Promise<void>;
}

// Our own schema: another pg-boss in the same database may have another version.
const SCHEMA = "rollcall_queue";
// The version: an older worker must not take jobs whose windows it cannot read.
const QUEUE = `slices_v${POSITION_VERSION}`;
/** The advisory lock for creating the tables: any fixed number that no other program on this database uses. */
const LOCK_KEY = 7_041_777;
// A killed worker is noticed when its job expires and maintenance runs. At pg-boss's default interval of two minutes, the window
// would wait that long. A slice takes ten seconds and a page, far below thirty.
const MAINTENANCE_SECONDS = 5;
const JOB = { expireInSeconds: 30, retryLimit: 20, retryDelay: 1 };
const WAIT_FOR_TURN_MS = 60_000; // to create the tables
const CLOSE_MS = 1_000;
const UNIQUE_VIOLATION = "23505"; // the queue has another policy: the job belongs to another queue

const dataSchema = z.object({ runId: z.string(), window: z.number() });

/** The queue's tables as SQL that a person can run on a database that has none of them. */
export const queueSql = (): string =>
  `${PgBoss.getConstructionPlans(SCHEMA)}\nselect ${SCHEMA}.create_queue('${QUEUE}', '{"policy": "standard"}');`;

/**
 * Opens the queue, pg-boss on the same Postgres. Creates its tables if there are none yet, and checks its user's rights. Dispose
 * of it when the run has ended: its maintenance runs every five seconds, and would keep a database awake that sleeps when idle.
 *
 * @param connectionString for its own connection, not through a transaction pooler
 * @throws SyncError DATABASE_UNREACHABLE; SCHEMA_MISMATCH if a right is missing
 */
export async function openQueue(
  connectionString: string,
  { logger = silent }: { logger?: Logger } = {},
): Promise<DatabaseQueue> {
  const logQueueFailure = (error: unknown) =>
    logger.warn({ event: "queue_failed", code: sqlStateOf(error) ?? null }, "the queue failed");
  const sockets = new Set<Socket>();
  const pool = new pg.Pool({
    connectionString,
    max: 4,
    ...TIME_LIMITS,
    keepAlive: true,
    stream: () => trackSocket(new Socket(), sockets),
  });
  // Without a listener, a connection that breaks while idle would end the process. The next query gets the error.
  pool.on("error", logQueueFailure);
  const db = { executeSql: (text: string, values?: unknown[]) => pool.query(text, values) };
  const boss = new PgBoss({ db, schema: SCHEMA, maintenanceIntervalSeconds: MAINTENANCE_SECONDS, schedule: false });
  boss.on("error", logQueueFailure);
  async function close(): Promise<void> {
    await boss.stop({ graceful: false });
    await Promise.race([pool.end(), pause(CLOSE_MS, undefined, { ref: false })]);
    // A silent connection never closes, and would keep the process alive.
    for (const socket of sockets) socket.destroy();
  }
  try {
    await withQueueErrors(() =>
      withAdvisoryLock(pool, async () => {
        await boss.start();
        if (!(await boss.getQueue(QUEUE))) await boss.createQueue(QUEUE, { name: QUEUE, policy: "standard" });
        await checkRights(pool);
      }),
    );
  } catch (error) {
    await close();
    throw error;
  }

  const queue: DatabaseQueue = {
    async send(transaction, job, { id = randomUUID(), afterMs = 0 } = {}) {
      const inTransaction = {
        executeSql: async (text: string, values: unknown[] = []) => ({
          rows: await withHostErrors(transaction.query(text, values)),
        }),
      };
      await boss.send(QUEUE, job, { ...JOB, id, startAfter: afterMs / 1_000, db: inTransaction });
      return id;
    },
    async probe(host) {
      await host
        .transaction(async (transaction) => {
          await queue.send(transaction, { runId: randomUUID(), window: 0 });
          throw new TakenBack();
        })
        .catch((error: unknown) => {
          if (!(error instanceof TakenBack)) throw error;
        });
    },
    async isAlive(jobId) {
      const job = await withQueueErrors(() => boss.getJobById(QUEUE, jobId));
      return job !== null && ["created", "retry", "active"].includes(job.state);
    },
    async take() {
      // pg-boss treats any error as an empty queue: a worker without the right to read it would wait forever.
      let failure: unknown;
      const observed = {
        executeSql: (text: string, values?: unknown[]) =>
          pool.query(text, values).catch((error: unknown) => {
            failure = error;
            throw error;
          }),
      };
      const [job] = await boss.fetch(QUEUE, { db: observed });
      if (failure !== undefined && sqlStateOf(failure) !== UNIQUE_VIOLATION) throw toQueueError(failure);
      return job ? { id: job.id, ...dataSchema.parse(job.data) } : null;
    },
    complete: (job) => withQueueErrors(() => boss.complete(QUEUE, job.id)),
    fail: (job, code) => withQueueErrors(() => boss.fail(QUEUE, job.id, { code })),
    [Symbol.asyncDispose]: close,
  };
  return queue;
}

/** Rolls the probe's job back. */
class TakenBack extends Error {}

const QUEUE_TABLES = ["job", "archive", "queue", "version"];
const RIGHTS = ["SELECT", "INSERT", "UPDATE", "DELETE"];

async function readMissing(client: Pick<pg.Pool | pg.Client, "query">): Promise<string[]> {
  const { rows } = await client.query<{ missing: string }>(missingTablesAndRights, [QUEUE_TABLES, RIGHTS, SCHEMA]);
  return rows.map(({ missing }) => missing);
}

/** pg-boss hides a missing right, or reports it too late. */
async function checkRights(pool: pg.Pool): Promise<void> {
  const missing = await readMissing(pool);
  if (missing.length > 0) throw mismatch(missing.join(", "));
}

/**
 * What the user of a connection lacks to use the queue: tables, or rights on them. Writes nothing.
 *
 * @throws SyncError DATABASE_UNREACHABLE
 */
export async function missingInQueue(connectionString: string): Promise<string[]> {
  const client = directClient(connectionString);
  return withQueueErrors(async () => {
    await client.connect();
    try {
      return await readMissing(client);
    } finally {
      await client.end();
    }
  });
}

function trackSocket(socket: Socket, sockets: Set<Socket>): Socket {
  sockets.add(socket);
  return socket.once("close", () => sockets.delete(socket));
}

/** One process at a time creates the tables: two in parallel deadlock. */
async function withAdvisoryLock(pool: pg.Pool, make: () => Promise<void>): Promise<void> {
  const client = await pool.connect();
  client.on("error", () => {}); // if the connection breaks, the work fails, too
  try {
    // A lock of the transaction, not of the session: a pooler would keep the session, and with it the lock.
    await client.query("begin");
    await client.query(`select ${unlessFrozen}`);
    const wait = { text: `select pg_advisory_xact_lock(${LOCK_KEY})`, query_timeout: WAIT_FOR_TURN_MS };
    await client.query(wait);
    await make();
  } finally {
    client.release(true);
  }
}

/** Runs work and turns its errors into SyncErrors. */
async function withQueueErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw toQueueError(cause);
  }
}

function toQueueError(cause: unknown): SyncError {
  if (cause instanceof SyncError) return cause;
  const sqlState = sqlStateOf(cause);
  if (sqlState?.startsWith("42")) return mismatch(`SQLSTATE ${sqlState}`, cause);
  const said = sqlState === "08P01" && cause instanceof Error ? ` (${cause.message}, SQLSTATE ${sqlState})` : "";
  const message = `No connection for the queue${said}: check POSTGRES_URL_NON_POOLING`;
  return new SyncError("DATABASE_UNREACHABLE", message, { cause });
}

// CREATE SCHEMA IF NOT EXISTS requires the right to create schemas even if the schema exists.
const mismatch = (what: string, cause?: unknown): SyncError =>
  new SyncError(
    "SCHEMA_MISMATCH",
    `The queue's tables cannot be created or used: ${what}. Run \`npx rollcall migrate\` as a user who may create a schema (GRANT CREATE ON DATABASE), then grant the user of POSTGRES_URL_NON_POOLING USAGE ON SCHEMA ${SCHEMA}, and SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${SCHEMA}`,
    { cause },
  );

const sqlStateOf = (error: unknown): string | undefined => (error instanceof pg.DatabaseError ? error.code : undefined);

/** The job is sent over the host's own connection, which may have another role or lead to another database. */
async function withHostErrors<T>(sent: Promise<T>): Promise<T> {
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
