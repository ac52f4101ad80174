import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Files that wait (for a lease, a silent connection, Clerk's quota, a process) longer than they work. Each long one is followed by
 * a short one, so that few long ones wait side by side.
 */
export const WAITING = [
  "scripts/test/sync-all-runs.test.ts",
  "scripts/test/stop-by-pnpm.test.ts",
  "packages/api/test/cron.test.ts",
  "packages/sync/test/clerk/half-the-quota.test.ts",
  "packages/api/test/runs.test.ts",
  "packages/sync/test/write-path/database-away.test.ts",
  "packages/sync/test/runs/clerk-faults.test.ts",
  "packages/sync/test/runs/other-instances-worker.test.ts",
  "packages/sync/test/database/silent-connection.test.ts",
  "packages/sync/test/runs/lost-jobs.test.ts",
  "packages/sync/test/runs/killed-workers.test.ts",
  "packages/cli/test/effects.test.ts",
  "packages/sync/test/runs/database-away.test.ts",
  "packages/sync/test/write-path/waiting-in-line.test.ts",
  "packages/api/test/outages.test.ts",
  "packages/sync/test/runs/compare-and-set.test.ts",
  "packages/sync/test/runs/many-workers.test.ts",
];

/**
 * Spreads the files that wait over the run, so that at any time some worker has work for the processor. Side by side, they would
 * leave it idle. The project `last` comes last as a whole: a worker is reused only while the next file is of the same project.
 */
export function spreadWaiting(last: string): typeof BaseSequencer {
  return class extends BaseSequencer {
    override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
      const sorted = await super.sort(files);
      const own = sorted.filter(({ project }) => project.name === last);
      return [...sorted.filter(({ project }) => project.name !== last), ...spread(own)];
    }
  };
}

function spread(files: TestSpecification[]): TestSpecification[] {
  const rank = ({ moduleId }: TestSpecification) => WAITING.findIndex((file) => moduleId.endsWith(`/${file}`));
  const waiting = files.filter((file) => rank(file) >= 0).sort((a, b) => rank(a) - rank(b));
  const working = files.filter((file) => rank(file) < 0);
  const between = Math.ceil(working.length / (waiting.length + 1));
  const all = [...working];
  waiting.forEach((file, index) => void all.splice(index * (between + 1), 0, file));
  return all;
}
