import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { startServer } from "./database.ts";
import { describeMachine } from "./machine.ts";
import { withTables } from "./markdown.ts";
import { type Options, readOptions, usage } from "./options.ts";
import { type Report, toJson, toText } from "./report.ts";
import { commandStart } from "./reports/command-start.ts";
import { effects } from "./reports/effects.ts";
import { fullRun } from "./reports/full-run.ts";
import { growth } from "./reports/growth.ts";
import { oneUser } from "./reports/one-user.ts";
import { protectedCall } from "./reports/protected-call.ts";
import { stampede } from "./reports/stampede.ts";
import { statements } from "./reports/statements.ts";
import { throughput } from "./reports/throughput.ts";
import { webhook } from "./reports/webhook.ts";
import { type Measured, named } from "./scenario.ts";

/** In the order in which they are measured: a new one needs a line here. */
const scenarios = [
  named(throughput),
  named(oneUser),
  named(webhook),
  named(protectedCall),
  named(fullRun),
  named(stampede),
  named(statements),
  named(effects),
  named(growth),
  named(commandStart),
];

async function bench({ only, sizes, users, rounds }: Options): Promise<Report> {
  await using server = await startServer();
  const tell = (what: string) => process.stderr.write(`${what}\n`);
  const measured: Measured[] = [];
  for (const scenario of scenarios) {
    if (!only.has(scenario.name)) continue;
    measured.push(await scenario.run({ server, sizes, users, rounds: (usual) => rounds ?? usual, tell }));
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
  writeFileSync(options.markdown, withTables(readFileSync(options.markdown, "utf8"), report));
}
if (options.plots !== undefined) {
  mkdirSync(options.plots, { recursive: true });
  for (const { name, svg } of report.scenarios.flatMap(({ plots }) => plots)) {
    writeFileSync(path.join(options.plots, `${name}.svg`), svg);
  }
}
process.stdout.write(options.json ? `${toJson(report)}\n` : toText(report));
