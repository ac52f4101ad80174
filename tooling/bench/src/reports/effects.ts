import { atMost } from "../goals.ts";
import { happenings, titles } from "../happening.ts";
import type { Scenario } from "../scenario.ts";
import { type EffectsCost, measureEffects } from "../scenarios/effects.ts";
import { ratio } from "../table.ts";

const COST_OF_A_HANDLER = 1.05;

export const effects: Scenario<EffectsCost[]> = {
  name: "effects",
  measure: measureEffects,
  tables: (results) => [
    {
      head: ["time of a write, without an outbox = 1", ...happenings.map((happening) => titles[happening])],
      rows: results.map(({ variant, timesAsLong }) => [
        variant,
        ...happenings.map((happening) => ratio(timesAsLong[happening])),
      ]),
    },
  ],
  // What effects may cost where the users are known: a first import, and every run after it.
  goals: (results) =>
    results
      .filter(({ variant }) => variant !== "both, each write adds one")
      .flatMap(({ variant, timesAsLong }) =>
        happenings.map((happening) =>
          atMost(
            `${titles[happening]}: times as long as without an outbox, ${variant}`,
            COST_OF_A_HANDLER,
            timesAsLong[happening],
          ),
        ),
      ),
  plots: () => [],
};
