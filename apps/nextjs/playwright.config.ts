import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "e2e",
  // Each worker has its own stack. Half of a test's time is the browser's, so that more than one a core pays little.
  workers: 2,
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  retries: process.env.CI ? 1 : 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: "list",
  // A trace films each page, and without a graphics card animations are drawn by the processor.
  use: { trace: "on-first-retry", contextOptions: { reducedMotion: "reduce" } },
});
