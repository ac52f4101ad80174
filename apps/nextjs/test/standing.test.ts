import { expect, test } from "vitest";
import { standingOf } from "../src/dashboard/overview/standing.ts";

const settled = { atClerk: 1_204, netDifference: 0, conflicts: 0, unadopted: 0, lastCheck: null };
const lastCheck = (missing: number) => ({ at: new Date(0), missing });

test("equal counts and no open question are in sync", () => {
  expect(standingOf(settled)).toEqual({ state: "in_sync", users: 1_204 });
});

test("each problem is named, with how many users it concerns", () => {
  expect(standingOf({ ...settled, netDifference: 3, conflicts: 1, unadopted: 2 })).toEqual({
    state: "differs",
    problems: [
      { name: "missing", count: 3 },
      { name: "conflicts", count: 1 },
      { name: "unadopted", count: 2 },
    ],
  });
});

test("more users here than at Clerk are named as such", () => {
  expect(standingOf({ ...settled, netDifference: -2 })).toMatchObject({ problems: [{ name: "surplus", count: 2 }] });
});

test("equal counts are not in sync if the last full run left users here that Clerk does not know", () => {
  expect(standingOf({ ...settled, lastCheck: lastCheck(4) })).toMatchObject({
    state: "differs",
    problems: [{ name: "surplus", count: 4 }],
  });
});

test("while Clerk does not answer, the state is unknown, and what is known to be wrong is still named", () => {
  expect(standingOf({ ...settled, atClerk: null, netDifference: null, conflicts: 1 })).toEqual({
    state: "unknown",
    problems: [{ name: "conflicts", count: 1 }],
  });
});
