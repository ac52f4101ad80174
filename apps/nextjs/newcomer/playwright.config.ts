import { defineConfig } from "@playwright/test";

// Installing, the first sync and compiling the pages take a while on a small machine.
const MINUTES = 60_000;

export default defineConfig({
  testDir: ".",
  workers: 1,
  timeout: 12 * MINUTES,
  expect: { timeout: 2 * MINUTES },
  reporter: "list",
});
