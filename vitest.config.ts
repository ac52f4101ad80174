import { defineConfig } from "vitest/config";

const tests = {
  pool: "forks",
  // Many tests wait, for a lease, a lock or a time limit, while others work.
  maxWorkers: 4,
  // A property test's thousand rounds take a minute on a free machine, a tenth of them seconds.
  testTimeout: process.env.DEEP === "1" ? 600_000 : 180_000,
  hookTimeout: 60_000,
  // In CI a crowded machine may make a browser or a killed process miss its moment once; a defect fails twice.
  retry: process.env.CI ? 1 : 0,
} as const;

export default defineConfig({
  test: {
    maxWorkers: 4,
    globalSetup: "tooling/dev-stack/src/testing/global-setup.ts",
    projects: [
      {
        test: {
          ...tests,
          name: "UTC",
          include: ["{apps,packages,tooling}/*/test/**/*.test.ts", "scripts/test/**/*.test.ts", "test/**/*.test.ts"],
          provide: { timeZone: "UTC", mapping: "default" },
        },
      },
      {
        test: {
          ...tests,
          name: "write path in Asia/Tokyo",
          include: ["packages/sync/test/write-path/**/*.test.ts"],
          // They wait for locks and connections, for which it is the same time everywhere.
          exclude: ["**/{waiting-in-line,database-away,unavailable}.test.ts"],
          provide: { timeZone: "Asia/Tokyo", mapping: "default" },
        },
      },
      {
        test: {
          ...tests,
          name: "own ids in Asia/Tokyo",
          // What depends on where Clerk's id stands. Its times are without a time zone, so they differ from the session's.
          include: [
            "packages/sync/test/write-path/{addresses,application-code,bad-data,convergence,deletions,interleavings,outcomes,rows}.test.ts",
            "packages/sync/test/database/plans.test.ts",
          ],
          provide: { timeZone: "Asia/Tokyo", mapping: "own ids" },
        },
      },
    ],
  },
});
