import { execFile } from "node:child_process";
import {
  accessSync,
  chownSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { inspectProcess, type ProcessFacts } from "../process/inspect-process.ts";
import { waitUntil } from "../process/wait-until.ts";
import type { PostgresBinaries } from "./binaries.ts";
import { PostgresError } from "./postgres-error.ts";

/**
 * How a server finds its data. Run by root as `nobody`, it can't follow a path below /root, but it can always enter its own
 * working directory, under Linux's name for it.
 */
export function dataArgument(directory: string, { runAs }: PostgresBinaries): string {
  return runAs !== undefined && process.platform === "linux" ? "/proc/self/cwd" : directory;
}

/** Settings without effect: they name data and launcher on the server's command line, where a later launcher finds them. */
export const dataMark = (directory: string) => `rollcall.data_directory=${directory}`;
export const launcherMark = (pid: number) => `rollcall.launcher=${pid}`;

/**
 * Makes sure that the directory contains a database cluster that is not in use: stops an orphaned server of a killed launcher.
 * Returns the directory's real path.
 * @param durable false skips `fsync`, for data that a power failure may destroy.
 * @throws PostgresError DATA_IN_USE, DATA_OF_ANOTHER_USER, INIT_FAILED
 */
export async function prepareDataDirectory(
  directory: string,
  durable: boolean,
  binaries: PostgresBinaries,
): Promise<string> {
  const data = makeDirectory(directory, binaries);
  await stopOrphan(data);
  if (!isCluster(data)) await initialize(data, durable, binaries);
  return data;
}

function makeDirectory(directory: string, { runAs }: PostgresBinaries): string {
  const refusal = new PostgresError(
    "DATA_OF_ANOTHER_USER",
    `${directory} belongs to another user: was it created by root? Remove it as that user, then try again.`,
  );
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const data = realpathSync(directory);
    accessSync(data, constants.W_OK);
    // PostgreSQL refuses data of another user.
    if (isCluster(data) && statSync(data).uid !== (runAs?.uid ?? process.getuid?.())) throw refusal;
    return data;
  } catch (error) {
    throw error instanceof Error && "code" in error && error.code === "EACCES" ? refusal : error;
  }
}

const isCluster = (data: string) => existsSync(path.join(data, "PG_VERSION"));

/** `initdb` next to the directory, then a rename: if it is killed halfway, it leaves nothing that looks like a database. */
async function initialize(data: string, durable: boolean, binaries: PostgresBinaries): Promise<void> {
  if (readdirSync(data).length > 0) {
    throw new PostgresError(
      "INIT_FAILED",
      `${data} is not empty and contains no database: move its files elsewhere, then try again.`,
    );
  }
  const staging = mkdtempSync(`${data}.initdb-`);
  try {
    const { runAs } = binaries;
    if (runAs) chownSync(staging, runAs.uid, runAs.gid);
    const options = [
      "-U",
      "postgres",
      "-A",
      "trust",
      "-E",
      "UTF8",
      "--locale=C",
      "-c",
      "timezone=UTC",
      ...(durable ? [] : ["--no-sync"]),
    ];
    await promisify(execFile)(binaries.initdb, ["-D", dataArgument(staging, binaries), ...options], {
      ...runAs,
      cwd: staging,
      env: { PATH: process.env.PATH, LC_ALL: "C" },
    });
    renameSync(staging, data);
  } catch (error) {
    if (isCluster(data)) return; // another process was faster
    const said = error instanceof Error ? error.message : String(error);
    throw new PostgresError("INIT_FAILED", `PostgreSQL could not create a database in ${data}: ${said}`);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/**
 * Stops the server that a killed launcher left running on this (real) directory, if there is one.
 * @throws PostgresError DATA_IN_USE
 */
export async function stopOrphan(data: string): Promise<void> {
  const lock = readLock(data);
  const holder = lock && inspectProcess(lock.pid);
  if (!holder) return; // PostgreSQL takes over a dead server's lock itself, once the last backend has ended.

  const isServer = (facts: ProcessFacts | undefined) => facts?.commandLine.includes(`${dataMark(data)} `) === true;
  if (!isServer(holder)) {
    // Another program has this process id by now. A PostgreSQL without our marker may be someone's own on this data: PostgreSQL
    // decides.
    const ours = holder.commandLine.includes("rollcall.data_directory=");
    if (ours || path.basename(holder.commandLine.split(" ")[0] ?? "") !== "postgres")
      rmSync(lock.file, { force: true });
    return;
  }
  const launcher = holder.parentPid;
  if (holder.commandLine.includes(`${launcherMark(launcher)} `)) {
    throw new PostgresError(
      "DATA_IN_USE",
      `The database in ${data} is in use: process ${launcher} runs it on port ${lock.port}. Stop that one first (Ctrl-C where it runs, or \`kill ${launcher}\`).`,
    );
  }
  for (const signal of ["SIGINT", "SIGQUIT", "SIGKILL"] as const) {
    if (isServer(inspectProcess(lock.pid))) process.kill(lock.pid, signal);
    if (await waitUntil(() => !isServer(inspectProcess(lock.pid)), 10_000)) return;
  }
}

interface Lock {
  file: string;
  pid: number;
  port: string;
}

function readLock(data: string): Lock | undefined {
  const file = path.join(data, "postmaster.pid");
  try {
    // Process, data directory, start time, port, … one per line.
    const [pid, , , port] = readFileSync(file, "utf8").split("\n");
    return { file, pid: Number(pid), port: port ?? "" };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined; // no server runs on it
    throw error;
  }
}
