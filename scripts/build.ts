import { rmSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";

// Each command as one file that Node starts by itself, without pnpm, without tsx and without node_modules:
// `node --import tsx build.ts [FOLDER]`, by default into dist.
const COMMANDS = ["migrate", "sync-adopt", "sync-all-users", "sync-check", "sync-effects", "sync-user", "worker"];

const folder = import.meta.dirname;
const outdir = path.resolve(process.argv[2] ?? path.join(folder, "dist"));
rmSync(outdir, { recursive: true, force: true });
await build({
  entryPoints: COMMANDS.map((name) => path.join(folder, `${name}.ts`)),
  outdir,
  bundle: true,
  splitting: true,
  platform: "node",
  target: "node20",
  format: "esm",
  outExtension: { ".js": ".mjs" },
  external: ["pg-native"],
  // `pg` and `pino` are CommonJS and ask for Node's own modules by `require`.
  banner: {
    js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
  },
  logLevel: "warning",
});
