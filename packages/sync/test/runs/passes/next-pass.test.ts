import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openChanges } from "../../../src/runs/cursors/changes-cursor.ts";
import type { PassName, Position } from "../../../src/runs/cursors/position.ts";
import { openWalk } from "../../../src/runs/cursors/walk-cursor.ts";
import { isSuspicious, nextPass, type Standing } from "../../../src/runs/passes/next-pass.ts";
import { windowsBetween } from "../../../src/runs/passes/plan.ts";

const full: Standing = {
  kind: "full",
  dryRun: false,
  confirmed: false,
  openWindows: 0,
  candidates: 0,
  live: 1_000,
  mark: 1_700_000_000_000,
};
const ended: Record<PassName, Position> = {
  plan: { pass: "plan" },
  walk: { pass: "walk", walk: openWalk(null, 1_000, true) },
  changes: { pass: "changes", changes: openChanges(null), afterFallback: false },
  missing: { pass: "missing", after: "" },
};
const after = (
  pass: PassName,
  standing: Partial<Standing> = {},
  opens: Position[] = pass === "plan" ? windowsBetween([], 1_000) : [],
) => nextPass(ended[pass], opens, { ...full, ...standing });

describe("what follows a window's end", () => {
  test("while others are open: nothing, in any pass", () => {
    for (const pass of ["plan", "walk", "changes", "missing"] as const) {
      expect(after(pass, { openWindows: 1 })).toEqual({ next: "others" });
    }
  });

  test("the plan's end opens its windows", () => {
    const opens = windowsBetween([10, 20, 30], 40);
    expect(after("plan", {}, opens)).toEqual({ next: "windows", positions: opens });
  });

  test("the last walk's end opens the closing pass, from the high-water mark", () => {
    expect(after("walk")).toEqual({
      next: "windows",
      positions: [{ pass: "changes", changes: openChanges(full.mark), afterFallback: false }],
    });
    expect(after("walk", { mark: null })).toMatchObject({ positions: [{ changes: { downTo: null } }] });
  });

  test("too many changes are followed by the plan of a walk, in both kinds of run", () => {
    const fallback: Position[] = [{ pass: "plan", fallbackFor: openChanges(1) }];
    for (const kind of ["full", "incremental"] as const) {
      expect(after("changes", { kind, candidates: 900 }, fallback)).toEqual({ next: "windows", positions: fallback });
    }
  });

  test("the closing pass after such a walk does not start a second one", () => {
    const walk: Position = { pass: "walk", walk: openWalk(null, 1_000, true), fallbackFor: openChanges(1) };
    expect(nextPass(walk, [], full)).toMatchObject({ positions: [{ pass: "changes", afterFallback: true }] });
  });

  test("the closing pass is the end if no user is missing", () => {
    expect(after("changes")).toEqual({ next: "done" });
  });

  test("a few missing users are requested one by one", () => {
    expect(after("changes", { candidates: 20 })).toEqual({
      next: "windows",
      positions: [{ pass: "missing", after: "" }],
    });
    expect(after("missing", { candidates: 20 })).toEqual({ next: "done" });
  });

  test("many missing users wait for a confirmation, and are requested once there is one", () => {
    expect(after("changes", { candidates: 51 })).toEqual({ next: "confirmation" });
    expect(after("changes", { candidates: 51, confirmed: true })).toMatchObject({ positions: [{ pass: "missing" }] });
  });

  test("a dry run and an incremental one end without a request, however many users are missing", () => {
    fc.assert(
      fc.property(fc.nat(2_000), fc.nat(2_000), fc.boolean(), (candidates, live, confirmed) => {
        expect(after("changes", { candidates, live, confirmed, dryRun: true })).toEqual({ next: "done" });
        expect(after("changes", { candidates, live, confirmed, kind: "incremental" })).toEqual({ next: "done" });
      }),
    );
  });

  test("no user is requested unconfirmed if half or more are missing, or more than 20 and more than 5 %", () => {
    const count = fc.oneof(fc.nat(50), fc.nat(100_000));
    fc.assert(
      fc.property(count, count, fc.boolean(), (missing, others, confirmed) => {
        const live = missing + others;
        const { next } = after("changes", { candidates: missing, live, confirmed });
        const tooMany = missing >= others || (missing > 20 && missing * 20 > live);
        expect(next).toBe(missing === 0 ? "done" : tooMany && !confirmed ? "confirmation" : "windows");
      }),
    );
  });
});

test.each([
  [1, 2, true],
  [1, 3, false],
  [20, 41, false],
  [20, 40, true],
  [21, 400, true],
  [21, 420, false],
  [22, 420, true],
  [5_000, 100_000, false],
  [5_001, 100_000, true],
])("%i missing of %i live users are suspicious: %s", (candidates, live, suspicious) => {
  expect(isSuspicious(candidates, live)).toBe(suspicious);
});

describe("the windows between some bounds", () => {
  const moment = fc.integer({ min: 0, max: 100 });
  const walks = (bounds: number[], hi: number) =>
    windowsBetween(bounds, hi).map((position) => {
      if (position.pass !== "walk") throw new Error("not a walk");
      return position.walk;
    });

  test("cover each time before the end once, for any bounds, and none is empty", () => {
    fc.assert(
      fc.property(fc.array(moment, { maxLength: 5 }), moment, (bounds, hi) => {
        const windows = walks(bounds, hi);
        for (let at = -5; at < hi; at++) {
          expect(windows.filter((walk) => (walk.lo === null || at >= walk.lo) && at < walk.hi)).toHaveLength(1);
        }
        for (const { lo, hi: end } of windows) expect(lo ?? -1).toBeLessThan(end);
        expect(windows.at(-1)?.hi).toBe(hi);
        expect(windows.every((walk) => walk.hi <= hi)).toBe(true);
      }),
    );
  });

  test("are open downwards only in the first, and have no upper bound for missing users only in the last", () => {
    fc.assert(
      fc.property(fc.array(moment, { maxLength: 5 }), moment, (bounds, hi) => {
        const windows = walks(bounds, hi);
        expect(windows.map(({ lo }) => lo === null)).toEqual(windows.map((_, index) => index === 0));
        expect(windows.map(({ isLast }) => isLast)).toEqual(windows.map((_, index) => index === windows.length - 1));
        expect(windows.map(({ judged }) => judged)).toEqual(windows.map(({ lo }) => (lo === null ? null : lo - 1)));
      }),
    );
  });
});
