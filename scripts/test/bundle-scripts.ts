import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const file = (name: string) => fileURLToPath(new URL(`../${name}.ts`, import.meta.url));

/**
 * The commands as one file each: starting one in a test takes a sixth of the CPU time of compiling it again. They do the same; a
 * separate test starts them from source.
 */
export async function bundleScripts(): Promise<{ folder: string } & AsyncDisposable> {
  const folder = await mkdtemp(path.join(tmpdir(), "rollcall-scripts-"));
  await build({
    entryPoints: ["sync-all-users", "sync-user", "sync-adopt", "migrate", "worker"].map(file),
    outdir: folder,
    bundle: true,
    splitting: true,
    platform: "node",
    target: "node20",
    format: "esm",
    outExtension: { ".js": ".mjs" },
    external: ["pg-native"],
    // `pg` and `pino` are CommonJS and `require` Node's modules.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "warning",
  });
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
