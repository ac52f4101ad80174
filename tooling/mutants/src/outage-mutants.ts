import type { Mutant } from "./mutant.ts";

const SILENT = "database/silent-connection.test.ts";
const PREPARED = "database/prepared.test.ts";

/** What keeps one silent connection, one long lock or one plan from slowing down everyone. */
export const outageMutants: Mutant[] = [
  {
    name: "plans are kept that were made for nearly empty tables",
    file: "write-path/check-tables.ts",
    find: "const LARGE = 1_000;",
    replace: "const LARGE = -1;",
    test: PREPARED,
  },
  {
    name: "a batch is prepared",
    file: "write-path/write-path.ts",
    find: "batch.length === 1 ? fastForOne : fast",
    replace: "batch.length > 0 ? fastForOne : fast",
    test: PREPARED,
  },
  {
    name: "a pooler that keeps no prepared statements fails writes",
    file: "database/prepared.ts",
    find: '"26000", "42P05", ',
    replace: "",
    test: PREPARED,
  },
  {
    name: "a column that changed its type fails every caller on the connection",
    file: "database/prepared.ts",
    find: ', "0A000"',
    replace: "",
    test: PREPARED,
  },
  {
    name: "calls join a check of the tables that never ends",
    file: "write-path/write-path.ts",
    find: "within(ANSWER_MS, () => checkTables(db, tables))",
    replace: "checkTables(db, tables)",
    test: SILENT,
  },
  {
    name: "a caller waits for a silent database without a limit",
    file: "freshness/ensure-fresh.ts",
    find: "await within(PAGE_MS, () => readMirror(userId))",
    replace: "await readMirror(userId)",
    test: SILENT,
  },
  {
    name: "a page on a dead connection blocks the stop",
    file: "runs/worker.ts",
    find: "await Promise.race([Promise.allSettled(loops), patience(stopped)]);",
    replace: "await Promise.allSettled(loops);",
    test: SILENT,
  },
  {
    name: "all waits for the advisory lock hold a connection",
    file: "write-path/turns.ts",
    find: "concurrency: 1",
    replace: "concurrency: 100",
    test: "write-path/waiting-in-line.test.ts",
  },
  {
    name: "the wait for the advisory lock has no limit",
    file: "write-path/statements/contended.ts",
    find: `lockWithin("8s")`,
    replace: `lockWithin("0")`,
    test: "write-path/waiting-in-line.test.ts",
  },
];
