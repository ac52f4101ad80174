import { type Happening, happenings } from "./happening.ts";
import type { EffectsCost } from "./scenarios/effects.ts";
import type { Growth } from "./scenarios/growth.ts";
import type { Throughput } from "./scenarios/throughput.ts";

export interface Goal {
  what: string;
  wanted: number;
  /** Whether the goal is a minimum or a maximum. */
  bound: "at least" | "at most";
  reached: number;
  met: boolean;
}

const AT = { connections: 1, rowsPerCall: 500 };
const SHARE_OF_COPY_AND_MERGE: Record<Happening, number> = { insert: 0.75, unchanged: 0.5, renamed: 0.75 };
const TIMES_THE_USUAL_WAY = 40;
const GROWTH_OF_COPY_AND_MERGE = 1.2;

const atLeast = (what: string, wanted: number, reached: number): Goal => ({
  what,
  wanted,
  bound: "at least",
  reached,
  met: reached >= wanted,
});
const atMost = (what: string, wanted: number, reached: number): Goal => ({
  what,
  wanted,
  bound: "at most",
  reached,
  met: reached <= wanted,
});

/** The write path's goals, compared with its results. */
export function goalsOf(throughput: readonly Throughput[], growth: readonly Growth[]): Goal[] {
  const speed = throughput.find((one) => one.connections === AT.connections && one.rowsPerCall === AT.rowsPerCall);
  const small = growth.at(0);
  const large = growth.at(-1);
  return happenings.flatMap((happening) => [
    ...(speed
      ? [
          atLeast(
            `${happening}: times as fast as the usual way`,
            TIMES_THE_USUAL_WAY,
            speed.timesAsFastAs.usualWay[happening],
          ),
          atLeast(
            `${happening}: of the speed of COPY and merge`,
            SHARE_OF_COPY_AND_MERGE[happening],
            speed.timesAsFastAs.copyAndMerge[happening],
          ),
        ]
      : []),
    ...(small && large && small !== large
      ? [
          atMost(
            `${happening}: of the growth of COPY and merge`,
            GROWTH_OF_COPY_AND_MERGE,
            relativeGrowth(small, large, happening),
          ),
        ]
      : []),
  ]);
}

const COST_OF_A_HANDLER = 1.05;

/** What effects may cost where the users are known: a first import, and every run after it. */
export const effectGoals = (costs: readonly EffectsCost[]): Goal[] =>
  costs
    .filter(({ variant }) => variant !== "both, each write adds one")
    .flatMap(({ variant, timesAsLong }) =>
      happenings.map((happening) =>
        atMost(
          `${happening}: times as long as without an outbox, ${variant}`,
          COST_OF_A_HANDLER,
          timesAsLong[happening],
        ),
      ),
    );

/** How much more a call costs in the larger tables, relative to COPY and merge. */
export const relativeGrowth = (small: Growth, large: Growth, happening: Happening): number =>
  large.msPerCall.rollcall[happening] /
  small.msPerCall.rollcall[happening] /
  (large.msPerCall.copyAndMerge[happening] / small.msPerCall.copyAndMerge[happening]);
