import { createTestDatabase, type TestDatabase } from "@rollcall/dev-stack/testing";
import { migrate } from "@rollcall/sync";

/** A database in which the queue's tables are there already: to make them takes longer than most runs. */
export const createDatabaseWithQueue = (): Promise<TestDatabase> =>
  createTestDatabase({ template: { name: "rollcall_with_queue", make: migrate } });
