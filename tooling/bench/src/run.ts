import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { inspect } from "node:util";
import { scenarios } from "./all-scenarios.ts";
import { startServer } from "./database.ts";
import { describeMachine } from "./machine.ts";
import { withTables } from "./markdown.ts";
import { type Options, readOptions, usage } from "./options.ts";
import { type Report, toJson, toText } from "./report.ts";
import type { Measured } from "./scenario.ts";

async function bench({ only, sizes, users, rounds }: Options): Promise<Report> {
  await using server = await startServer();
  const tell = (what: string) => process.stderr.write(`${what}\n`);
  const measured: Measured[] = [];
  for (const scenario of scenarios) {
    if (!only.has(scenario.name)) continue;
    try {
      measured.push(await scenario.run({ server, sizes, users, rounds: (usual) => rounds ?? usual, tell }));
    } catch (error) {
      // The others took long, and say what they say.
      process.stderr.write(`${scenario.name} failed: ${inspect(error)}\n`);
      process.exitCode = 1;
    }
  }
  return { machine: describeMachine(server.version), scenarios: measured };
}

const names = scenarios.map(({ name }) => name);
let options: Options;
try {
  options = readOptions(names);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n${usage(names)}\n`);
  process.exit(2);
}
const report = await bench(options);
if (options.markdown !== undefined) {
  writeFileSync(
    options.markdown,
    withTables(readFileSync(options.markdown, "utf8"), report, report.scenarios.length === scenarios.length),
  );
}
if (options.plots !== undefined) {
  mkdirSync(options.plots, { recursive: true });
  for (const { name, svg } of report.scenarios.flatMap(({ plots }) => plots)) {
    writeFileSync(path.join(options.plots, `${name}.svg`), svg);
  }
}
process.stdout.write(options.json ? `${toJson(report)}\n` : toText(report));
