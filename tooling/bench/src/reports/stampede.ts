import type { Scenario } from "../scenario.ts";
import { measureStampede, type Stampede } from "../scenarios/stampede.ts";
import { secondsRange, whole } from "../table.ts";

export const stampede: Scenario<Stampede[]> = {
  name: "stampede",
  measure: measureStampede,
  tables: (results) => [
    {
      head: [
        `${whole(results[0]?.calls ?? 0)} first calls at the same moment`,
        ...["by", "seconds", "failed", "users stored"],
        ...["calls to Clerk", "round trips", "connections", "MB more"],
      ],
      rows: results.map(({ crowd, who, ms, failed, stored, clerkCalls, roundTrips, connections, grownMb }) => [
        crowd,
        who === "rollcall" ? "Rollcall" : "the usual way",
        secondsRange(ms),
        ...[failed, stored, clerkCalls, roundTrips, connections, grownMb].map(({ median }) => whole(median)),
      ]),
    },
  ],
  goals: () => [],
  plots: () => [],
};
