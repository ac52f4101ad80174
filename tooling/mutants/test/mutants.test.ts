import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { countOccurrences } from "../src/mutant.ts";
import { mutants } from "../src/mutants.ts";

const testFile = (name: string) => fileURLToPath(new URL(`../../../packages/sync/test/${name}`, import.meta.url));

test("every mutant changes exactly one place, and names a test that exists", () => {
  const broken = mutants.filter((mutant) => countOccurrences(mutant) !== 1 || !existsSync(testFile(mutant.test)));
  expect(broken.map(({ name, file }) => `${file}: ${name}`)).toEqual([]);
});

test("no two mutants share a name", () => {
  const names = mutants.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
