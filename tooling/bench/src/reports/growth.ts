import { atMost } from "../goals.ts";
import { type Happening, happenings, type PerHappening, titles } from "../happening.ts";
import { bars } from "../plots/bars.ts";
import type { Scenario } from "../scenario.ts";
import { type Growth, measureGrowth } from "../scenarios/growth.ts";
import { ms, ratio, times, whole } from "../table.ts";

const GROWTH_OF_COPY_AND_MERGE = 1.2;

export const growth: Scenario<Growth[]> = {
  name: "growth",
  measure: measureGrowth,
  tables(results) {
    const grown = (of: (one: Growth) => PerHappening<number>, one: Growth, happening: Happening) =>
      times(of(one)[happening] / of(results[0] ?? one)[happening]);
    return [
      {
        head: [
          "ms for 500 users",
          "users stored",
          ...["Rollcall", "growth", "own ids", "growth", "COPY+merge", "growth"],
          "Rollcall to COPY+merge",
        ],
        rows: happenings.flatMap((happening) =>
          results.map((one) => [
            titles[happening],
            whole(one.users),
            ms(one.msPerCall.rollcall[happening]),
            grown(({ msPerCall }) => msPerCall.rollcall, one, happening),
            ms(one.msPerCall.ownIds[happening]),
            grown(({ msPerCall }) => msPerCall.ownIds, one, happening),
            ms(one.msPerCall.copyAndMerge[happening]),
            grown(({ msPerCall }) => msPerCall.copyAndMerge, one, happening),
            ratio(one.timesAsLong.rollcall[happening]),
          ]),
        ),
      },
    ];
  },
  goals(results) {
    const small = results.at(0);
    const large = results.at(-1);
    if (!small || !large || small === large) return [];
    return happenings.map((happening) =>
      atMost(
        `${titles[happening]}: of the growth of COPY and merge`,
        GROWTH_OF_COPY_AND_MERGE,
        large.timesAsLong.rollcall[happening].median / small.timesAsLong.rollcall[happening].median,
      ),
    );
  },
  plots: (results) => [
    bars({
      name: "bench-growth",
      title: "Milliseconds for a call of 500 users, while the tables grow",
      series: ["Rollcall", "own ids", "COPY and merge"],
      groups: happenings.flatMap((happening) =>
        results.map(({ users, msPerCall: { rollcall, ownIds, copyAndMerge } }) => ({
          label: `${titles[happening]}, ${whole(users)} users`,
          values: [rollcall[happening], ownIds[happening], copyAndMerge[happening]],
        })),
      ),
      figure: ms,
    }),
  ],
};
