import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Mutant, mutants } from "./mutants.ts";
import { runTests, type TestRun } from "./run-tests.ts";

// Examples and interleavings made on purpose take seconds; the property test is asked about whom they let live.
const STAGES = [
  ["snapshot", "outcomes", "addresses", "deletions", "application-code", "interleavings"].map(
    (name) => `${name}.test.ts`,
  ),
  ["convergence.test.ts"],
];

process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: "string" } } });
  const chosen = mutants.filter(({ name }) => name.includes(values.only ?? ""));
  for (const mutant of chosen) checkThatItStands(mutant);

  console.log("First without a mutant: everything must pass.");
  for (const files of STAGES) {
    const control = await runTests(files);
    if (control.outcome === "failed") {
      console.error(`It does not: ${control.by}`);
      return 1;
    }
    console.log(`  ${control.tests} tests passed (${files.join(", ")})`);
  }

  let survivors = 0;
  console.log(`\nThen with each of ${chosen.length} mutants: some test must fail.`);
  for (const mutant of chosen) {
    const startedAt = performance.now();
    const result = await hunt(mutant);
    if (result.outcome === "passed") survivors++;
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0).padStart(4);
    const verdict = result.outcome === "failed" ? `killed by ${result.by}` : "SURVIVED: no test notices";
    console.log(`${seconds} s  ${mutant.name}\n        ${verdict}`);
  }
  console.log(`\n${chosen.length - survivors} of ${chosen.length} killed.`);
  return survivors === 0 ? 0 : 1;
}

async function hunt(mutant: Mutant): Promise<TestRun> {
  let result: TestRun = { outcome: "passed", tests: 0 };
  for (const files of STAGES) {
    result = await runTests(files, mutant.name);
    if (result.outcome === "failed") break;
  }
  return result;
}

/** A mutant of code that was rewritten would change nothing, and would seem to survive. */
function checkThatItStands({ name, file, find }: Mutant): void {
  const source = readFileSync(fileURLToPath(new URL(`../../../packages/sync/src/${file}`, import.meta.url)), "utf8");
  const found = source.split(find).length - 1;
  if (found !== 1) throw new Error(`"${name}": what it takes away stands ${found} times in ${file}, not once`);
}
