import { parseArgs } from "node:util";
import { countOccurrences } from "./mutant.ts";
import { mutants } from "./mutants.ts";
import { runTests, type TestRun } from "./run-tests.ts";

process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: "string", default: "" } } });
  const chosen = mutants.filter(({ name }) => name.includes(values.only));
  for (const mutant of chosen) {
    const found = countOccurrences(mutant);
    if (found !== 1) throw new Error(`"${mutant.name}": its text occurs ${found} times in ${mutant.file}, not once`);
  }

  const control = await runTests([...new Set(chosen.map(({ test }) => test))]);
  if (control.outcome !== "passed") {
    console.error(`Without a mutant every test must pass, but ${tell(control)}.`);
    return 1;
  }
  console.log(
    `Without a mutant ${control.tests} tests pass. With each of ${chosen.length} mutants, a test must fail:\n`,
  );

  const width = Math.max(...chosen.map(({ name }) => name.length));
  let killed = 0;
  for (const { name, test } of chosen) {
    const start = performance.now();
    const result = await runTests([test], name);
    const seconds = ((performance.now() - start) / 1_000).toFixed(1);
    console.log(`${name.padEnd(width)}  ${seconds.padStart(5)} s  ${tell(result)}`);
    if (result.outcome === "failed") killed++;
  }
  console.log(`\n${killed} of ${chosen.length} killed.`);
  return killed === chosen.length ? 0 : 1;
}

function tell(result: TestRun): string {
  switch (result.outcome) {
    case "failed":
      return `killed by ${result.by}`;
    case "passed":
      return `SURVIVED ${result.tests} tests`;
    case "broken":
      return `BROKEN, so that nothing is shown: ${result.why}`;
  }
}
