import { expect, test } from "vitest";
import { createPace } from "../src/progress.ts";

test("the time left is shown while users are left, and not once all were seen", () => {
  const pace = createPace();
  expect(pace(0, 1_000).left).toBeNull(); // no pace yet
  expect(pace(500, 1_000).left).toMatch(/^\d+ (ms|s|min)/);
  expect(pace(1_000, 1_000).left).toBeNull();
});
