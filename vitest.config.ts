import { defineConfig } from "vitest/config";
import { spreadWaiting } from "./test/spread-waiting.ts";

const deep = process.env.DEEP === "1";

const tests = {
  pool: "forks",
  // The files of one worker share their modules: to import Prisma, Clerk's SDK and the rest anew costs each file 1.4 s of CPU.
  // Their databases, emulators and clients are their own.
  isolate: false,
  // Optimised code of Prisma's WebAssembly costs more CPU time than it saves in a run this short.
  execArgv: ["--liftoff-only"],
  // A property test's thousand rounds take a minute on a free machine, a fortieth of them seconds.
  testTimeout: deep ? 600_000 : 180_000,
  hookTimeout: 60_000,
  // In CI a crowded machine may make a browser or a killed process miss its moment once; a defect fails twice.
  retry: process.env.CI ? 1 : 0,
} as const;

/** Not in UTC, where a time that is stored without its zone is right by chance. */
const MAIN = "Asia/Tokyo";

/**
 * The engine over another Postgres client than Prisma: races and retries, which depend on how errors are read. In DEEP=1 all of the
 * write path and the runs.
 */
const over = (driver: "pg" | "postgres-js", timeZone: "UTC" | "Asia/Tokyo") => ({
  test: {
    ...tests,
    name: `${driver} in ${timeZone}`,
    include: deep
      ? [
          "packages/sync/test/{write-path,runs,effects}/*.test.ts",
          "packages/sync/test/database/silent-connection.test.ts",
        ]
      : ["packages/sync/test/write-path/interleavings.test.ts"],
    provide: { driver, timeZone, mapping: "default" },
  },
});

/** What stores or compares times. */
const inUtc = {
  test: {
    ...tests,
    name: "UTC",
    include: [
      "packages/sync/test/write-path/{addresses,convergence,deletions,outcomes,rows,stored-times}.test.ts",
      "packages/sync/test/{runs,effects}/*.test.ts",
    ],
    provide: { timeZone: "UTC", mapping: "default" },
  },
} as const;

/** What depends on the columns that are written, with snapshots that have more of them. */
const overExtraColumns = {
  test: {
    ...tests,
    name: "extra columns in Asia/Tokyo",
    include: [
      "packages/sync/test/write-path/{addresses,application-code,bad-data,convergence,deletions,extra-columns,interleavings,outcomes,rows}.test.ts",
      "packages/sync/test/database/plans.test.ts",
    ],
    provide: { timeZone: "Asia/Tokyo", mapping: "extra columns" },
  },
} as const;

/** They replace modules or the environment, so each gets fresh modules. */
const isolated = [
  "apps/nextjs/test/proxy.test.ts",
  "apps/nextjs/test/send-traces.test.ts",
  "packages/api/test/procedures.test.ts",
  "packages/api/test/security/callers.test.ts",
  "packages/auth/test/current-user.test.ts",
];

/** In DEEP=1, because it builds the package and compiles hosts for half a minute. `pnpm test:mount` builds a host with it each time. */
const asPublished = ["packages/rollcall/test/package.test.ts"];

/**
 * What depends on the column of Clerk's id: in DEEP=1 all that does. The times of its tables have no time zone, so they differ from
 * the session's.
 */
const overOwnIds = {
  test: {
    ...tests,
    name: "own ids in Asia/Tokyo",
    include: [
      `packages/sync/test/write-path/{deletions,outcomes${deep ? ",addresses,application-code,bad-data,convergence,interleavings,rows" : ""}}.test.ts`,
      "packages/sync/test/effects/outbox.test.ts",
      ...(deep ? ["packages/sync/test/database/plans.test.ts", "packages/sync/test/effects/*.test.ts"] : []),
    ],
    provide: { timeZone: "Asia/Tokyo", mapping: "own ids" },
  },
} as const;

export default defineConfig({
  test: {
    // Many tests wait, for a lease, a lock or a time limit, while others work.
    maxWorkers: 5,
    // A module that was compiled once is not compiled again for another project, or the next time.
    experimental: { fsModuleCache: true },
    globalSetup: "tooling/dev-stack/src/testing/global-setup.ts",
    sequence: { sequencer: spreadWaiting(MAIN) },
    projects: [
      {
        test: {
          ...tests,
          name: MAIN,
          include: ["{apps,packages,tooling}/*/test/**/*.test.ts", "scripts/test/**/*.test.ts", "test/**/*.test.ts"],
          exclude: ["**/node_modules/**", ...isolated, ...(deep ? [] : asPublished)],
          provide: { timeZone: "Asia/Tokyo", mapping: "default" },
        },
      },
      {
        test: {
          ...tests,
          name: "isolated",
          include: isolated,
          isolate: true,
          provide: { timeZone: "Asia/Tokyo", mapping: "default" },
        },
      },
      overOwnIds,
      over("pg", "Asia/Tokyo"),
      ...(deep
        ? [overExtraColumns, inUtc, over("postgres-js", "Asia/Tokyo"), over("pg", "UTC"), over("postgres-js", "UTC")]
        : []),
    ],
  },
});
