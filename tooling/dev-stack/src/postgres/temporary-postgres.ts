import { lstatSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { inspectProcess } from "../process/inspect-process.ts";
import { stopOrphan } from "./data-directory.ts";
import { type Postgres, type PostgresOptions, startPostgres } from "./start-postgres.ts";

const temporaryFolder = realpathSync(tmpdir());
// The host's name, because containers that share a temporary folder don't see each other's processes.
const prefix = `rollcall-data-${hostname()}-`;

/** A server on fresh data in the temporary folder, removed when it stops. Leftovers of killed processes are removed first. */
export async function startTemporaryPostgres(options: Pick<PostgresOptions, "port" | "settings">): Promise<Postgres> {
  await clearLeftovers();
  const folder = mkdtempSync(path.join(temporaryFolder, `${prefix}${process.pid}-`));
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

async function clearLeftovers(): Promise<void> {
  for (const name of readdirSync(temporaryFolder).filter((name) => name.startsWith(prefix))) {
    const launcher = Number(name.slice(prefix.length).split("-")[0]);
    const folder = path.join(temporaryFolder, name);
    const owner = lstatSync(folder, { throwIfNoEntry: false })?.uid;
    if (inspectProcess(launcher) || owner !== process.getuid?.()) continue;
    await stopOrphan(path.join(folder, "data"));
    rmSync(folder, { recursive: true, force: true });
  }
}
