import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statfsSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { inspectProcess } from "../process/inspect-process.ts";
import { stopOrphan } from "./data-directory.ts";
import { type Postgres, type PostgresOptions, startPostgres } from "./start-postgres.ts";

const temporaryFolder = realpathSync(tmpdir());
// The host's name, because containers that share a temporary folder don't see each other's processes.
const prefix = `rollcall-data-${hostname()}-`;

/**
 * Linux's folder in memory. A database is 300 files: to make and remove them costs ext4, which searches for an inode that was not
 * removed in the last minute, 75 to 150 ms of CPU time, and memory 20 ms.
 */
const memory = "/dev/shm";
/** A container's default of 64 MB is too small for a server. */
const ENOUGH_BYTES = 3 * 1024 ** 3;

/**
 * A server on fresh data in the temporary folder, removed when it stops. Leftovers of killed processes are removed first.
 * @param inMemory for small databases that come and go: the data is in memory if there is enough.
 */
export async function startTemporaryPostgres({
  inMemory = false,
  ...options
}: Pick<PostgresOptions, "port" | "settings"> & { inMemory?: boolean }): Promise<Postgres> {
  for (const place of [temporaryFolder, memory]) await clearLeftovers(place);
  const place = inMemory && hasEnoughMemory() ? memory : temporaryFolder;
  const folder = mkdtempSync(path.join(place, `${prefix}${process.pid}-`));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const postgres = await startPostgres({ ...options, dataDirectory: path.join(folder, "data"), durable: false });
    const stop = async () => {
      await postgres.stop();
      remove();
    };
    return { ...postgres, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    remove();
    throw error;
  }
}

function hasEnoughMemory(): boolean {
  try {
    accessSync(memory, constants.W_OK);
    const { bavail, bsize } = statfsSync(memory);
    return bavail * bsize >= ENOUGH_BYTES;
  } catch {
    return false; // not on Linux
  }
}

async function clearLeftovers(place: string): Promise<void> {
  const names = existsSync(place) ? readdirSync(place).filter((name) => name.startsWith(prefix)) : [];
  for (const name of names) {
    const launcher = Number(name.slice(prefix.length).split("-")[0]);
    const folder = path.join(place, name);
    const owner = lstatSync(folder, { throwIfNoEntry: false })?.uid;
    if (inspectProcess(launcher) || owner !== process.getuid?.()) continue;
    await stopOrphan(path.join(folder, "data"));
    rmSync(folder, { recursive: true, force: true });
  }
}
