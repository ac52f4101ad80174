import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { realpathSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { startInProcess } from "@rollcall/dev-stack/testing/in-process";
import { build } from "esbuild";
import type pg from "pg";
import { afterAll } from "vitest";
import { main } from "../src/main.ts";

const packageFolder = fileURLToPath(new URL("..", import.meta.url));

/**
 * The bin as one file of JavaScript, as a host installs it: without a loader that compiles TypeScript. jiti stays outside, since it
 * loads parts of itself by name.
 */
const bundle = await bundleBin();
afterAll(() => rm(bundle.folder, { recursive: true }));

async function bundleBin(): Promise<{ folder: string; file: string }> {
  const folder = await mkdtemp(path.join(packageFolder, "node_modules", ".bin-of-a-test-"));
  const file = path.join(folder, "bin.mjs");
  await build({
    entryPoints: [path.join(packageFolder, "src/bin.ts")],
    outfile: file,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    external: ["jiti", "pg-native"],
    // `pg` and `pino` are CommonJS and ask for Node's own modules by `require`.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "warning",
  });
  return { folder, file };
}

/** A host application's folder, with the dependencies of this package. */
export interface HostFolder extends AsyncDisposable {
  folder: string;
  write(file: string, text: string): Promise<void>;
  /** Starts `npx rollcall` there, with nothing but this environment. */
  start(args: string[], environment?: Record<string, string>): ChildProcess;
  /** Runs it to its end. */
  npx(args: string[], environment?: Record<string, string>): Promise<Ended>;
  /** Runs the same in this process, and closes the pools that the host's files leave open. */
  rollcall(args: string[], environment?: Record<string, string>): Promise<Ended>;
}

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export async function openHostFolder(files: Record<string, string>): Promise<HostFolder> {
  const folder = realpathSync(await mkdtemp(path.join(tmpdir(), "rollcall-host-")));
  await symlink(path.join(packageFolder, "node_modules"), path.join(folder, "node_modules"));
  const host: HostFolder = {
    folder,
    async write(file, text) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), text);
    },
    start: (args, environment = {}) =>
      spawn(process.execPath, [bundle.file, ...args], {
        cwd: folder,
        env: { PATH: process.env.PATH ?? "", ...environment },
        stdio: ["ignore", "pipe", "pipe"],
      }),
    async npx(args, environment) {
      const child = host.start(args, environment);
      const said = { stdout: "", stderr: "" };
      for (const stream of ["stdout", "stderr"] as const) {
        child[stream]?.setEncoding("utf8").on("data", (text: string) => {
          said[stream] += text;
        });
      }
      await once(child, "close");
      return { code: child.exitCode, ...said };
    },
    rollcall: (args, environment = {}) => inFolder(folder, () => startInProcess(() => main(args), environment).ended),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
  for (const [file, text] of Object.entries(files)) await host.write(file, text);
  return host;
}

declare global {
  /** Where a host keeps its pool, as hosts of Next.js do. */
  var pool: pg.Pool | undefined;
}

/** With the host's folder as the current one, and its files loaded anew, as in a process of its own. */
async function inFolder<Result>(folder: string, run: () => Promise<Result>): Promise<Result> {
  const before = process.cwd();
  process.chdir(folder);
  try {
    return await run();
  } finally {
    process.chdir(before);
    await globalThis.pool?.end();
    globalThis.pool = undefined;
    const { cache } = createRequire(import.meta.url);
    for (const file of Object.keys(cache)) if (file.startsWith(folder)) delete cache[file];
  }
}
