import { defineConfig } from "@playwright/test";
import type { Worker } from "../e2e/test.ts";

// Installing, the first sync and compiling the pages take a while on a small machine.
const MINUTES = 60_000;

export default defineConfig<object, Worker>({
  testDir: ".",
  workers: 1,
  timeout: 12 * MINUTES,
  expect: { timeout: 2 * MINUTES },
  reporter: "list",
  use: { startsStack: false }, // `dev` starts it
});
