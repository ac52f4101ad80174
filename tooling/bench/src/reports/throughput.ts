import { atLeast } from "../goals.ts";
import { happenings, type PerHappening, titles } from "../happening.ts";
import { bars } from "../plots/bars.ts";
import type { Scenario } from "../scenario.ts";
import { measureThroughput, type Throughput } from "../scenarios/throughput.ts";
import { percentRange, ratio, whole } from "../table.ts";

const AT = { connections: 1, rowsPerCall: 500 };
const SHARE_OF_COPY_AND_MERGE: PerHappening<number> = { insert: 0.75, unchanged: 0.5, renamed: 0.75 };
const TIMES_THE_USUAL_WAY = 40;

export const throughput: Scenario<Throughput[]> = {
  name: "throughput",
  measure: measureThroughput,
  tables: (results) => [
    {
      head: ["users a second", "connections", "rows a call", "Rollcall", "COPY+merge", "of it", "usual way", "of it"],
      rows: happenings.flatMap((happening) =>
        results.map(({ connections, rowsPerCall, usersPerSecond, timesAsFastAs }) => [
          titles[happening],
          whole(connections),
          whole(rowsPerCall),
          whole(usersPerSecond.rollcall[happening]),
          whole(usersPerSecond.copyAndMerge[happening]),
          percentRange(timesAsFastAs.copyAndMerge[happening]),
          whole(usersPerSecond.usualWay[happening]),
          ratio(timesAsFastAs.usualWay[happening]),
        ]),
      ),
    },
  ],
  goals(results) {
    const speed = results.find((one) => one.connections === AT.connections && one.rowsPerCall === AT.rowsPerCall);
    if (!speed) return [];
    const { usualWay, copyAndMerge } = speed.timesAsFastAs;
    return happenings.flatMap((happening) => [
      atLeast(`${titles[happening]}: times as fast as the usual way`, TIMES_THE_USUAL_WAY, usualWay[happening]),
      atLeast(
        `${titles[happening]}: of the speed of COPY and merge`,
        SHARE_OF_COPY_AND_MERGE[happening],
        copyAndMerge[happening],
      ),
    ]);
  },
  plots: (results) => [
    bars({
      name: "bench-throughput",
      title: `Users a second, ${AT.rowsPerCall} rows a call`,
      series: ["Rollcall", "COPY and merge", "the usual way"],
      groups: happenings.flatMap((happening) =>
        results
          .filter(({ rowsPerCall }) => rowsPerCall === AT.rowsPerCall)
          .map(({ connections, usersPerSecond: { rollcall, copyAndMerge, usualWay } }) => ({
            label: `${titles[happening]}, ${connections} connection${connections === 1 ? "" : "s"}`,
            values: [rollcall[happening], copyAndMerge[happening], usualWay[happening]],
          })),
      ),
      figure: whole,
    }),
  ],
};
