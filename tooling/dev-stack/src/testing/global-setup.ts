import { migrateTables } from "@rollcall/migrations";
import type { TestProject } from "vitest/node";
import { migrate } from "../postgres/migrate.ts";
import { startTemporaryPostgres } from "../postgres/temporary-postgres.ts";
import { bundlePrograms } from "./program-bundles.ts";
import { TEMPLATE } from "./test-database.ts";
import "./program-file.ts";

const settings = {
  max_connections: "300",
  // One database per test file is 8 MB of copied files: their WAL and checkpoints are useless.
  wal_level: "minimal",
  max_wal_senders: "0",
  checkpoint_timeout: "1h",
  max_wal_size: "1GB",
  // Each database would wake a worker of its own every few seconds. Tests that need statistics analyse.
  autovacuum: "off",
  bgwriter_lru_maxpages: "0",
  max_logical_replication_workers: "0",
  // Everything is in memory: workers that read files would only add switches between processes.
  io_method: "sync",
};

/**
 * One PostgreSQL for the whole run, with a migrated database that each test file clones, and one bundle of each program
 * that tests start. Returns the teardown.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const programs = await bundlePrograms();
  const postgres = await startTemporaryPostgres({ port: 0, settings, inMemory: true });
  const stop = async () => {
    await postgres.stop();
    await programs[Symbol.asyncDispose]();
  };
  try {
    await postgres.createDatabase(TEMPLATE);
    await migrate(postgres.url(TEMPLATE));
    await migrateTables(postgres.url(TEMPLATE));
  } catch (error) {
    await stop();
    throw error;
  }
  project.onTestsRerun(programs.rebuild);
  project.provide("postgresUrl", postgres.url("postgres"));
  project.provide("programs", programs.folder);
  return stop;
}
