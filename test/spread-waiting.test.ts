import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { WAITING } from "./spread-waiting.ts";

test("every file that is spread over the test run exists", () => {
  const missing = WAITING.filter((file) => !existsSync(new URL(`../${file}`, import.meta.url)));
  expect(missing).toEqual([]);
});
