import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Files } from "./host.ts";

const SKIPPED = /^(node_modules|generated|dist|build|out|coverage|public|migrations|drizzle|\..*)$/;
const READ = /\.(tsx?|js|mjs|prisma)$|^(package|tsconfig|jsconfig|vercel)\.json$|^\.env\.example$/;
const MOST_FILES = 5_000;
const LARGEST = 256 * 1024; // bytes

/** The sources and settings of a host; no secrets, so no `.env`. What is larger than a person writes is passed over. */
export function readFiles(root: string): Files {
  const files = new Map<string, string>();
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !SKIPPED.test(entry.name)) walk(path);
      if (!entry.isFile() || !READ.test(entry.name) || /\.d\.ts$|\.test\.\w+$/.test(entry.name)) continue;
      if (files.size >= MOST_FILES || statSync(join(root, path)).size > LARGEST) continue;
      files.set(path, readFileSync(join(root, path), "utf8"));
    }
  };
  walk("");
  return files;
}
