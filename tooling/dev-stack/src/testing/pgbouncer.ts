import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { firstFreePort } from "../process/free-port.ts";
import { waitUntil } from "../process/wait-until.ts";

const BINARY = "/usr/sbin/pgbouncer"; // Debian's path
const STARTING_TIMEOUT_MS = 10_000;
export const hasPgBouncer = existsSync(BINARY);

/** PgBouncer before a database, in transaction mode, without prepared statements, otherwise with defaults. */
export interface PgBouncer extends AsyncDisposable {
  /** The database's connection string through the pooler. */
  url: string;
}

/** @param options.poolSize how many connections to the database all clients share */
export async function startPgBouncer(connectionString: string, { poolSize = 20 } = {}): Promise<PgBouncer> {
  const target = new URL(connectionString);
  const folder = await mkdtemp(path.join(tmpdir(), "pgbouncer-"));
  const port = await firstFreePort(0);
  const settings = path.join(folder, "pgbouncer.ini");
  const users = path.join(folder, "users.txt");
  await writeFile(users, `"${decodeURIComponent(target.username)}" "${decodeURIComponent(target.password)}"\n`);
  await writeFile(
    settings,
    `[databases]
* = host=${target.hostname} port=${target.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${users}
pool_mode = transaction
default_pool_size = ${poolSize}
${knowsPreparedStatements() ? "max_prepared_statements = 0" : ""}
`,
  );
  await chmod(folder, 0o755); // it refuses to run as root, and reads its settings as the user nobody
  const user = process.getuid?.() === 0 ? ["-u", "nobody"] : [];
  const child = spawn(BINARY, ["-q", ...user, settings], { stdio: "ignore" });
  const ended = once(child, "exit");
  const url = new URL(connectionString);
  url.hostname = "127.0.0.1";
  url.port = String(port);
  const stop = async () => {
    child.kill("SIGKILL");
    await ended;
    await rm(folder, { recursive: true });
  };
  try {
    const isUp = await waitUntil(() => answers(url.href), STARTING_TIMEOUT_MS);
    if (!isUp) throw new Error(`PgBouncer gave no answer; its exit code: ${child.exitCode}`);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: url.href, [Symbol.asyncDispose]: stop };
}

/** Versions before 1.21 cannot track them, and refuse the setting. */
function knowsPreparedStatements(): boolean {
  const [, major, minor] = /^PgBouncer (\d+)\.(\d+)/.exec(execFileSync(BINARY, ["--version"]).toString()) ?? [];
  return Number(major) > 1 || Number(minor) >= 21;
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString });
  try {
    await client.connect();
    await client.query("select");
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}
