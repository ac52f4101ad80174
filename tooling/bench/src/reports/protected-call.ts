import { atMost } from "../goals.ts";
import type { Scenario } from "../scenario.ts";
import { type ColdCall, measureProtectedCall, type ProtectedCallCost } from "../scenarios/protected-call.ts";
import { ms, msRange, ratio, whole } from "../table.ts";

const TIMES_AS_LONG = 1.03;
const WITH_THE_CLAIM = { roundTrips: 1, clerkCalls: 0 };
const WITHOUT_THE_CLAIM = { clerkCalls: 1 };

const counted = (value: number): string => value.toFixed(2);

export const protectedCall: Scenario<ProtectedCallCost> = {
  name: "protected-call",
  measure: measureProtectedCall,
  tables: ({ cached, cold }) => [
    {
      head: ["ms for a call whose caller is known", "behind Rollcall", "behind the session alone", "as long"],
      rows: cached.map(({ over, msPerCall, timesAsLong }) => [
        over,
        ms(msPerCall.rollcall),
        ms(msPerCall.peer),
        ratio(timesAsLong),
      ]),
    },
    {
      head: ["ms for a user's first call", "latency each way, ms", "ms", "round trips", "calls to Clerk"],
      rows: cold.map((one) => [
        nameOf(one),
        whole(one.latencyMs),
        msRange(one.ms),
        counted(one.roundTrips),
        counted(one.clerkCalls),
      ]),
    },
  ],
  goals: ({ cached, cold }) => [
    ...cached.map(({ over, timesAsLong }) =>
      atMost(`protected call, ${over}: times as long as behind the session alone`, TIMES_AS_LONG, timesAsLong),
    ),
    ...cold.flatMap(({ way, latencyMs, roundTrips, clerkCalls }) => {
      const name = `first call, ${latencyMs} ms of latency, ${way}`;
      if (way === "with the claim") {
        return [
          atMost(`${name}: round trips to the database`, WITH_THE_CLAIM.roundTrips, roundTrips),
          atMost(`${name}: calls to Clerk`, WITH_THE_CLAIM.clerkCalls, clerkCalls),
        ];
      }
      return way === "without the claim"
        ? [atMost(`${name}: calls to Clerk`, WITHOUT_THE_CLAIM.clerkCalls, clerkCalls)]
        : [];
    }),
  ],
  plots: () => [],
};

const nameOf = ({ way }: ColdCall): string => (way === "the usual way" ? "the usual way" : `Rollcall, ${way}`);
