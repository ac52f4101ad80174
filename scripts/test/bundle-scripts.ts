import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const file = (name: string) => fileURLToPath(new URL(`../${name}.ts`, import.meta.url));

/**
 * The commands as one file each, so that starting one in a test takes a sixth of the CPU time that it takes to compile
 * them again. What they do is the same; that they also start from source is a test of its own.
 */
export async function bundleScripts(): Promise<{ folder: string } & AsyncDisposable> {
  const folder = await mkdtemp(path.join(tmpdir(), "rollcall-scripts-"));
  await build({
    entryPoints: ["sync-all-users", "sync-user", "sync-adopt", "sync-check", "migrate", "worker"].map(file),
    outdir: folder,
    bundle: true,
    splitting: true,
    platform: "node",
    target: "node20",
    format: "esm",
    outExtension: { ".js": ".mjs" },
    external: ["pg-native"],
    // `pg` and `pino` are CommonJS and ask for Node's own modules by `require`.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "warning",
  });
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
