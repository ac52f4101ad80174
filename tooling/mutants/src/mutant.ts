import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** One protection of the engine, removed. */
export interface Mutant {
  /** What is broken, as a sentence. */
  name: string;
  /** Below packages/sync/src. */
  file: string;
  /** Occurs exactly once in the file. */
  find: string;
  replace: string;
  /** The file below packages/sync/test that must notice. */
  test: string;
}

/** How often a mutant's text occurs in its file. If it is not once, the mutant would change nothing, and seem to survive. */
export function countOccurrences({ file, find }: Mutant): number {
  const source = readFileSync(fileURLToPath(new URL(`../../../packages/sync/src/${file}`, import.meta.url)), "utf8");
  return source.split(find).length - 1;
}
