import type { Mutant } from "./mutant.ts";

const SILENT = "database/silent-connection.test.ts";

/** What keeps one connection that fell silent, or one lock that is held for long, from stopping everybody. */
export const outageMutants: Mutant[] = [
  {
    name: "a look at the tables that never answers is joined for ever",
    file: "write-path/write-path.ts",
    find: "within(ANSWER_MS, () => checkTables(db, tables))",
    replace: "checkTables(db, tables)",
    test: SILENT,
  },
  {
    name: "a caller waits for a silent database as long as it takes",
    file: "freshness/ensure-fresh.ts",
    find: "await within(PAGE_MS, () => readMirror(userId))",
    replace: "await readMirror(userId)",
    test: SILENT,
  },
  {
    name: "a page in hand whose connection is dead holds up the stop",
    file: "runs/worker.ts",
    find: "await Promise.race([Promise.allSettled(loops), patience(stopped)]);",
    replace: "await Promise.allSettled(loops);",
    test: SILENT,
  },
  {
    name: "all who wait for the advisory lock hold a connection",
    file: "write-path/turns.ts",
    find: "concurrency: 1",
    replace: "concurrency: 100",
    test: "write-path/waiting-in-line.test.ts",
  },
  {
    name: "the advisory lock is waited for without end",
    file: "write-path/statements/contended.ts",
    find: `lockWithin("8s")`,
    replace: `lockWithin("0")`,
    test: "write-path/waiting-in-line.test.ts",
  },
];
