import { expect, test } from "vitest";
import { timeLeft } from "../src/dashboard/runs/use-time-left.ts";

test("the time left follows the pace since the run was first shown, whatever was synced before", () => {
  expect(timeLeft({ seen: 50_000, at: 7_000 }, { seen: 51_000, at: 9_000 }, 100_000)).toBe(98_000);
});

test("there is no time left before the first progress", () => {
  expect(timeLeft({ seen: 500, at: 0 }, { seen: 500, at: 60_000 }, 1_000)).toBeNull();
});

test("there is no time left once all users were seen, or when the total is unknown", () => {
  expect(timeLeft({ seen: 0, at: 0 }, { seen: 1_000, at: 2_000 }, 1_000)).toBeNull();
  expect(timeLeft({ seen: 0, at: 0 }, { seen: 1_000, at: 2_000 }, null)).toBeNull();
});
