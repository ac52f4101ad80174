import { expect, test } from "vitest";
import { paceOf } from "../src/dashboard/runs/use-pace.ts";

test("the pace and the time left follow what was synced since the run was first shown, not before", () => {
  expect(paceOf({ seen: 50_000, at: 7_000 }, { seen: 51_000, at: 9_000 }, 100_000)).toEqual({
    perSecond: 500,
    leftMs: 98_000,
  });
});

test("there is no pace before the first progress", () => {
  expect(paceOf({ seen: 500, at: 0 }, { seen: 500, at: 60_000 }, 1_000)).toEqual({ perSecond: null, leftMs: null });
});

test("there is no time left once all users were seen, or when the total is unknown", () => {
  expect(paceOf({ seen: 0, at: 0 }, { seen: 1_000, at: 2_000 }, 1_000).leftMs).toBeNull();
  expect(paceOf({ seen: 0, at: 0 }, { seen: 1_000, at: 2_000 }, null)).toEqual({ perSecond: 500, leftMs: null });
});
