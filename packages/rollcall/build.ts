import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { z } from "zod/v4";

// The sources stay in their packages, and the one that is published holds them all: `tsc` compiles them into dist/, one
// folder for each, and what they import of each other becomes a path there.

const manifestSchema = z.object({
  name: z.string(),
  exports: z.record(z.string(), z.union([z.string(), z.object({ default: z.string() })])),
});

const compiled = (file: string): string => file.replace(/\.ts$/, ".js");

/** Where each entry of our packages, as `@rollcall/sync/logger`, stands in dist/. */
function entries(): Map<string, string> {
  const found = new Map<string, string>();
  for (const folder of readdirSync("dist")) {
    const { name, exports } = manifestSchema.parse(JSON.parse(readFileSync(`../${folder}/package.json`, "utf8")));
    for (const [key, target] of Object.entries(exports)) {
      if (typeof target !== "string" || !target.endsWith(".ts")) continue;
      found.set(`${name}${key.slice(1)}`, `${folder}/${compiled(target.slice("./".length))}`);
    }
  }
  return found;
}

const SPECIFIER = /(\bfrom |\bimport |\bimport\()"([^"]+)"/g;

/** @param file below dist/ */
function withPaths(text: string, file: string, targets: Map<string, string>): string {
  return text.replace(SPECIFIER, (whole, before: string, specifier: string) => {
    if (specifier.startsWith(".")) return `${before}"${compiled(specifier)}"`;
    if (!specifier.startsWith("@rollcall/")) return whole;
    const target = targets.get(specifier);
    if (!target || !existsSync(`dist/${target}`))
      throw new Error(`${file} imports ${specifier}, which is not compiled`);
    const path = relative(dirname(file), target);
    return `${before}"${path.startsWith(".") ? path : `./${path}`}"`;
  });
}

process.chdir(import.meta.dirname);
rmSync("dist", { recursive: true, force: true });
execFileSync("tsc", ["-p", "tsconfig.build.json"], { stdio: "inherit", shell: process.platform === "win32" });
const targets = entries();
for (const file of readdirSync("dist", { recursive: true, encoding: "utf8" })) {
  if (!/\.(js|d\.ts)$/.test(file)) continue;
  writeFileSync(`dist/${file}`, withPaths(readFileSync(`dist/${file}`, "utf8"), file, targets));
}
