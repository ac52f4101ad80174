import { happenings, titles } from "../happening.ts";
import type { Scenario } from "../scenario.ts";
import { measureOneUser, type OneUser } from "../scenarios/one-user.ts";
import { ms, ratio, whole } from "../table.ts";

export const oneUser: Scenario<OneUser[]> = {
  name: "one-user",
  measure: measureOneUser,
  tables: (results) => [
    {
      head: ["ms for one user", "latency each way, ms", "Rollcall", "usual way", "faster"],
      rows: happenings.flatMap((happening) =>
        results.map(({ latencyMs, msPerUser: { rollcall, usualWay }, timesAsFast }) => [
          titles[happening],
          whole(latencyMs),
          ms(rollcall[happening]),
          ms(usualWay[happening]),
          ratio(timesAsFast[happening]),
        ]),
      ),
    },
  ],
  goals: () => [],
  plots: () => [],
};
