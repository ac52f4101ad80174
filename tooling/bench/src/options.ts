import { parseArgs } from "node:util";

const LEAST_SIZE = 10_000;
const LEAST_USERS = 1_000;

export interface Options {
  json: boolean;
  only: ReadonlySet<string>;
  sizes: number[];
  users: number;
  rounds: number | undefined;
  markdown: string | undefined;
  plots: string | undefined;
}

export const usage = (
  scenarios: readonly string[],
): string => `pnpm bench [--json] [--only SCENARIO]... [--sizes 10000,100000,1000000] [--users 100000] [--rounds N]
  --json           one JSON object as the last line of stdout, instead of the tables
  --only           only this scenario; may be given several times: ${scenarios.join(", ")}
  --sizes          the sizes of the growing tables in users, ascending, from ${LEAST_SIZE} on
  --users          the users of a run, from ${LEAST_USERS} on; from 20,000 on, a run has several windows
  --rounds         how often each contender is measured; each scenario has its own number
  --markdown FILE  writes the tables into the marked places of this file
  --plots FOLDER   writes the plots there, as SVG`;

/** @throws an error whose message says what is wrong with the arguments */
export function readOptions(scenarios: readonly string[]): Options {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [...scenarios] },
      sizes: { type: "string", default: "10000,100000,1000000" },
      users: { type: "string", default: "100000" },
      rounds: { type: "string" },
      markdown: { type: "string" },
      plots: { type: "string" },
    },
  });
  const sizes = values.sizes.split(",").map(Number);
  const ascending = sizes.every(
    (size, index) => Number.isInteger(size) && size >= Math.max(LEAST_SIZE, sizes[index - 1] ?? 0),
  );
  if (!ascending) throw new Error(`--sizes ${values.sizes} does not say how many users`);
  const unknown = values.only.find((scenario) => !scenarios.includes(scenario));
  if (unknown !== undefined) throw new Error(`--only ${unknown} is not a scenario`);
  const { json, markdown, plots } = values;
  return {
    ...{ json, markdown, plots, sizes },
    only: new Set(values.only),
    users: count("--users", values.users, LEAST_USERS),
    rounds: values.rounds === undefined ? undefined : count("--rounds", values.rounds, 1),
  };
}

function count(option: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) throw new Error(`${option} ${text} is not a number from ${least} on`);
  return value;
}
