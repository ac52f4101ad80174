import { atMost } from "../goals.ts";
import type { Scenario } from "../scenario.ts";
import { type CommandStart, measureCommandStart } from "../scenarios/command-start.ts";
import { secondsRange } from "../table.ts";

const SECONDS = 1.5;

export const commandStart: Scenario<CommandStart[]> = {
  name: "command-start",
  measure: measureCommandStart,
  tables: (results) => [
    {
      head: ["until a command opens its first connection", "seconds"],
      rows: results.map(({ command, ms }) => [command, secondsRange(ms)]),
    },
  ],
  goals: (results) =>
    results
      .filter(({ byNode }) => byNode)
      .map(({ command, ms: { median, low, high } }) =>
        atMost(`${command}: seconds until it works`, SECONDS, {
          median: median / 1_000,
          low: low / 1_000,
          high: high / 1_000,
        }),
      ),
  plots: () => [],
};
