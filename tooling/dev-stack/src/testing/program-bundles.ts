import { chmod, mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { repositoryRoot } from "../repository.ts";

/** What tests start as processes of their own, by the file that each begins with. */
const SOURCES = {
  "sync-all-users": "scripts/sync-all-users.ts",
  "sync-user": "scripts/sync-user.ts",
  "sync-adopt": "scripts/sync-adopt.ts",
  "sync-check": "scripts/sync-check.ts",
  "sync-effects": "scripts/sync-effects.ts",
  migrate: "scripts/migrate.ts",
  worker: "scripts/worker.ts",
  dev: "tooling/dev-stack/src/commands/dev.ts",
  stack: "tooling/dev-stack/src/commands/stack.ts",
  "clerk-emulator": "tooling/clerk-emulator/src/main.ts",
  "schema-engine": "tooling/prisma-engine/src/main.ts",
  "api-app": "packages/api/test/app/serve.ts",
  "run-worker": "packages/sync/test/runs/programs/worker.ts",
  "start-postgres": "tooling/dev-stack/test/programs/start-postgres.ts",
  rollcall: "packages/cli/src/bin.ts",
  // What the files of a host import, compiled as in the published package.
  "sync-of-a-host": "packages/sync/src/index.ts",
  "sync-pg-of-a-host": "packages/sync/src/database/adapters/pg.ts",
} as const;

export type ProgramName = keyof typeof SOURCES;

/** Programs look for files beside their sources, which a bundle is not. Its first line is the banner's. */
const keepSourceUrls: Plugin = {
  name: "keep-source-urls",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.ts$/ }, async ({ path: file }) => ({
      contents: (await readFile(file, "utf8"))
        .replace(/^#!.*/, "")
        .replaceAll("import.meta.url", JSON.stringify(pathToFileURL(file).href)),
      loader: "ts",
    })),
};

/**
 * Bundles each program into one folder, as `<name>.mjs`. A start then takes a sixth of the CPU time that compiling the
 * sources by tsx takes, and does the same. The browser tests start the stack from its sources, and stop-by-pnpm.test.ts a command.
 */
export async function bundlePrograms(): Promise<{ folder: string; rebuild(): Promise<void> } & AsyncDisposable> {
  const folder = await mkdtemp(path.join(tmpdir(), "rollcall-programs-"));
  const rebuild = async () => {
    await build({
      entryPoints: Object.fromEntries(
        Object.entries(SOURCES).map(([name, file]) => [name, path.join(repositoryRoot, file)]),
      ),
      outdir: folder,
      bundle: true,
      splitting: true,
      platform: "node",
      target: "node20",
      format: "esm",
      outExtension: { ".js": ".mjs" },
      external: ["pg-native", "jiti"],
      // Prisma starts its engine as a program. `pg` and `pino` are CommonJS and ask for Node's own modules by `require`. To optimise
      // Prisma's WebAssembly costs a third of the CPU time of a short life.
      banner: {
        js: [
          "#!/usr/bin/env node",
          'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
          'require("node:v8").setFlagsFromString("--liftoff-only");',
          "",
        ].join("\n"),
      },
      plugins: [keepSourceUrls],
      logLevel: "warning",
    });
    await chmod(path.join(folder, "schema-engine.mjs"), 0o755);
  };
  // jiti loads parts of itself by name, so it stays outside.
  await mkdir(path.join(folder, "node_modules"));
  await symlink(path.join(repositoryRoot, "packages/cli/node_modules/jiti"), path.join(folder, "node_modules/jiti"));
  const dispose = () => rm(folder, { recursive: true, force: true });
  try {
    await rebuild();
  } catch (error) {
    await dispose();
    throw error;
  }
  return { folder, rebuild, [Symbol.asyncDispose]: dispose };
}
