import { execFileSync } from "node:child_process";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const CHECKOUT = fileURLToPath(new URL("../../..", import.meta.url));

/** This checkout's HEAD as a newcomer gets it: without installed, built or stored files. Removed on dispose. */
export async function cloneHead(): Promise<{ folder: string } & AsyncDisposable> {
  const parent = await realpath(await mkdtemp(path.join(tmpdir(), "rollcall-newcomer-")));
  const folder = path.join(parent, "rollcall");
  execFileSync("git", ["clone", "--quiet", CHECKOUT, folder]);
  return { folder, [Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }) };
}
