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

const deep = process.env.DEEP === "1";
/** The engine over another Postgres client than Prisma: what differs between them, and in DEEP=1 everything. */
const over = (driver: "pg" | "postgres-js", timeZone: "UTC" | "Asia/Tokyo") => ({
  test: {
    ...tests,
    name: `${driver} in ${timeZone}`,
    include: deep
      ? ["packages/sync/test/{write-path,runs}/*.test.ts", "packages/sync/test/database/silent-connection.test.ts"]
      : [`packages/sync/test/{write-path/{interleavings,database-away},runs/incremental}.test.ts`],
    provide: { driver, timeZone },
  },
});

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
          provide: { timeZone: "UTC" },
        },
      },
      {
        test: {
          ...tests,
          name: "write path in Asia/Tokyo",
          include: ["packages/sync/test/write-path/**/*.test.ts"],
          // They wait for locks and connections, for which it is the same time everywhere.
          exclude: ["**/{waiting-in-line,database-away,unavailable}.test.ts"],
          provide: { timeZone: "Asia/Tokyo" },
        },
      },
      over("pg", "Asia/Tokyo"),
      over("postgres-js", "Asia/Tokyo"),
      ...(deep ? [over("pg", "UTC"), over("postgres-js", "UTC")] : []),
    ],
  },
});
