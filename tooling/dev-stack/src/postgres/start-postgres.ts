import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { firstFreePort } from "../process/free-port.ts";
import { findBinaries, type PostgresBinaries } from "./binaries.ts";
import { dataArgument, dataMark, launcherMark, prepareDataDirectory } from "./data-directory.ts";
import { PostgresError } from "./postgres-error.ts";

export interface PostgresOptions {
  /** Created if it is missing, kept when the server stops. */
  dataDirectory: string;
  /** The first port to try; if it is taken, the next ones follow. 0: any free port. */
  port: number;
  /** Whether the data must survive a power failure. Without it, writes never wait for the disk. */
  durable: boolean;
  /** Further settings of the server, such as `{max_connections: "200"}`. */
  settings?: Record<string, string>;
}

/** Our own PostgreSQL server, only on 127.0.0.1, with sessions in UTC. */
export interface Postgres extends AsyncDisposable {
  readonly port: number;
  /** Resolves to the server's last log lines once it has ended, on request or not. */
  readonly exited: Promise<string>;
  /** The connection string of one of its databases, for the superuser `postgres` (no password). */
  url(database: string): string;
  createDatabase(name: string, options?: { template?: string }): Promise<void>;
  /** Ends open sessions, writes everything to disk and resolves when the process has ended. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL 18 from npm on the given data. A server that a killed launcher left running there is stopped first.
 * @throws PostgresError
 */
export async function startPostgres({
  dataDirectory,
  port,
  durable,
  settings = {},
}: PostgresOptions): Promise<Postgres> {
  const binaries = findBinaries();
  const data = await prepareDataDirectory(dataDirectory, durable, binaries);
  const speed = durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };
  const start = (candidate: number) => tryStart(data, candidate, { ...speed, ...settings }, binaries);

  for (
    let candidate = port || (await firstFreePort(0));
    candidate <= 65_535;
    candidate = port ? candidate + 1 : await firstFreePort(0)
  ) {
    let attempt = await start(candidate);
    for (let waits = 0; attempt.outcome === "backends leaving" && waits < 100; waits += 1) {
      await delay(100);
      attempt = await start(candidate);
    }
    if (attempt.outcome === "ready") return toPostgres(attempt.server, candidate);
    if (attempt.outcome !== "port taken") throw new PostgresError("START_FAILED", attempt.log);
  }
  throw new PostgresError("START_FAILED", `No port from ${port} on is free.`);
}

interface Server {
  process: ChildProcess;
  exited: Promise<string>;
}

type Attempt =
  | { outcome: "ready"; server: Server }
  | { outcome: "port taken" | "backends leaving" | "failed"; log: string };

const LOG_TAIL_LENGTH = 8_192;

async function tryStart(
  data: string,
  port: number,
  settings: Record<string, string>,
  binaries: PostgresBinaries,
): Promise<Attempt> {
  const options = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "timezone=UTC",
    dataMark(data),
    launcherMark(process.pid),
    ...Object.entries(settings).map(([name, value]) => `${name}=${value}`),
  ].flatMap((option) => ["-c", option]);
  const server = spawn(binaries.postgres, ["-D", dataArgument(data, binaries), "-p", String(port), ...options], {
    ...binaries.runAs,
    cwd: data,
    env: { PATH: process.env.PATH, LC_ALL: "C" },
    // Ctrl-C in a terminal is for the launcher, which stops the server last.
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  const exited = once(server, "close").then(() => log);
  const ready = new Promise<"ready">((resolve) => {
    server.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      log = (log + chunk).slice(-LOG_TAIL_LENGTH);
      if (log.includes("database system is ready to accept connections")) resolve("ready");
    });
  });
  if ((await Promise.race([ready, exited])) === "ready")
    return { outcome: "ready", server: { process: server, exited } };

  if (/could not bind IPv4 address.*: Address already in use/.test(log)) return { outcome: "port taken", log };
  if (/pre-existing shared memory block .* is still in use/.test(log)) return { outcome: "backends leaving", log };
  if (/lock file "postmaster.pid" already exists/.test(log)) {
    throw new PostgresError("DATA_IN_USE", `Another PostgreSQL runs on the database in ${data}. Stop it first.`);
  }
  return { outcome: "failed", log: `PostgreSQL did not start on ${data}. Its output:\n${log.trim()}` };
}

function toPostgres(server: Server, port: number): Postgres {
  const url = (database: string) => `postgresql://postgres@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  const dieWithLauncher = () => server.process.kill("SIGINT");
  process.once("exit", dieWithLauncher);
  void server.exited.then(() => process.removeListener("exit", dieWithLauncher));

  const stop = async () => {
    // Fast, then immediate shutdown: https://www.postgresql.org/docs/18/server-shutdown.html
    for (const signal of ["SIGINT", "SIGQUIT", "SIGKILL"] as const) {
      if (server.process.exitCode === null && server.process.signalCode === null) server.process.kill(signal);
      if ((await Promise.race([server.exited, delay(10_000, "late", { ref: false })])) !== "late") return;
    }
  };

  return {
    port,
    exited: server.exited,
    url,
    async createDatabase(name, { template } = {}) {
      const client = new pg.Client({ connectionString: url("postgres") });
      await client.connect();
      try {
        const clause = template === undefined ? "" : ` TEMPLATE ${pg.escapeIdentifier(template)}`;
        await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}${clause}`);
      } finally {
        await client.end();
      }
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
