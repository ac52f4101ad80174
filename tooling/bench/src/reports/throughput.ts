import { atLeast } from "../goals.ts";
import { happenings, titles } from "../happening.ts";
import { bars } from "../plots/bars.ts";
import type { Scenario } from "../scenario.ts";
import { measureThroughput, type Throughput } from "../scenarios/throughput.ts";
import { percentRange, ratio, whole } from "../table.ts";

const ROWS_PER_CALL = 500;
const CONNECTIONS = [1, 2];
const SHARE_OF_COPY_AND_MERGE = 0.85;

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
  goals: (results) =>
    results
      .filter(({ connections, rowsPerCall }) => CONNECTIONS.includes(connections) && rowsPerCall === ROWS_PER_CALL)
      .flatMap(({ connections, timesAsFastAs: { copyAndMerge } }) =>
        happenings.map((happening) =>
          atLeast(
            `${titles[happening]}, ${connections} connection(s): of the speed of COPY and merge`,
            SHARE_OF_COPY_AND_MERGE,
            copyAndMerge[happening],
          ),
        ),
      ),
  plots: (results) => [
    bars({
      name: "bench-throughput",
      title: `Users a second, ${ROWS_PER_CALL} rows a call`,
      series: ["Rollcall", "COPY and merge", "the usual way"],
      groups: happenings.flatMap((happening) =>
        results
          .filter(({ rowsPerCall }) => rowsPerCall === ROWS_PER_CALL)
          .map(({ connections, usersPerSecond: { rollcall, copyAndMerge, usualWay } }) => ({
            label: `${titles[happening]}, ${connections} connection${connections === 1 ? "" : "s"}`,
            values: [rollcall[happening], copyAndMerge[happening], usualWay[happening]],
          })),
      ),
      figure: whole,
    }),
  ],
};
