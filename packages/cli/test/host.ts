import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { realpathSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { startInProcess } from "@rollcall/dev-stack/testing/in-process";
import { programFile } from "@rollcall/dev-stack/testing/program-file";
import type pg from "pg";
import { main } from "../src/main.ts";

const pgFolder = fileURLToPath(new URL("../node_modules/pg", import.meta.url));
const reexport = (name: Parameters<typeof programFile>[0]) =>
  `export * from ${JSON.stringify(pathToFileURL(programFile(name)).href)};`;

/** A host's dependencies, as the published package has them: compiled. */
const installed = () => ({
  "node_modules/@rollcall/sync/package.json": `{ "type": "module", "exports": { ".": "./index.mjs", "./pg": "./pg.mjs" } }`,
  "node_modules/@rollcall/sync/index.mjs": reexport("sync-of-a-host"),
  "node_modules/@rollcall/sync/pg.mjs": reexport("sync-pg-of-a-host"),
});

/** A host application's folder. */
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
  const host: HostFolder = {
    folder,
    async write(file, text) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), text);
    },
    start: (args, environment = {}) =>
      spawn(process.execPath, [programFile("rollcall"), ...args], {
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
  for (const [file, text] of Object.entries({ ...installed(), ...files })) await host.write(file, text);
  await symlink(pgFolder, path.join(folder, "node_modules/pg"));
  return host;
}

declare global {
  /** Where a host keeps its pool, as hosts of Next.js do. */
  var pool: pg.Pool | undefined;
}

/** With the host's folder as the current one, and its files not yet loaded, as in a process of its own. */
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
