import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { openDatabases } from "./database.ts";
import { effectGoals, goalsOf } from "./goals.ts";
import { type Report, toText } from "./report.ts";
import { measureEffects } from "./scenarios/effects.ts";
import { measureGrowth } from "./scenarios/growth.ts";
import { measureOneUser } from "./scenarios/one-user.ts";
import { measureThroughput } from "./scenarios/throughput.ts";

const SCENARIOS = ["throughput", "one-user", "effects", "growth"];
const LEAST_SIZE = 10_000;

const usage = `pnpm bench [--json] [--only ${SCENARIOS.join(" | ")}]... [--sizes 10000,100000,1000000]
  --json   one JSON object as the last line of stdout, instead of the tables
  --only   only this scenario; may be given several times
  --sizes  the sizes of the growing tables in users, ascending, from ${LEAST_SIZE} on`;

function readArguments() {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: SCENARIOS },
      sizes: { type: "string", default: "10000,100000,1000000" },
    },
  });
  const sizes = values.sizes.split(",").map(Number);
  const ascending = sizes.every(
    (size, index) => Number.isInteger(size) && size >= Math.max(LEAST_SIZE, sizes[index - 1] ?? 0),
  );
  if (!ascending) throw new Error(`--sizes ${values.sizes} does not say how many users`);
  const unknown = values.only.find((scenario) => !SCENARIOS.includes(scenario));
  if (unknown !== undefined) throw new Error(`--only ${unknown} is not a scenario`);
  return { json: values.json, only: new Set(values.only), sizes };
}

async function bench({ only, sizes }: ReturnType<typeof readArguments>): Promise<Report> {
  await using databases = await openDatabases();
  const { database } = databases;
  const tell = (what: string) => process.stderr.write(`${what}\n`);
  const throughput = only.has("throughput") ? await measureThroughput(database, tell) : [];
  const oneUser = only.has("one-user") ? await measureOneUser(database, tell) : [];
  const effects = only.has("effects") ? await measureEffects(database, tell) : [];
  const growth = only.has("growth") ? await measureGrowth(databases, sizes, tell) : [];
  return {
    node: process.versions.node,
    postgres: database.version,
    cores: availableParallelism(),
    throughput,
    oneUser,
    effects,
    growth,
    goals: [...goalsOf(throughput, growth), ...effectGoals(effects)],
  };
}

let given: ReturnType<typeof readArguments>;
try {
  given = readArguments();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n${usage}\n`);
  process.exit(2);
}
const report = await bench(given);
process.stdout.write(given.json ? `${JSON.stringify(report)}\n` : toText(report));
