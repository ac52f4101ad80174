import { memoizeFor } from "../memoize-for.ts";
import type { CheckReport } from "./check.ts";

/** What is wrong with the setup, as of a moment in this process's time. */
export interface CheckedSetup {
  checkedAt: Date;
  reports: CheckReport[];
}

// Checks read every table's catalogue and ask Clerk. Several admins, or one who reloads, get the same answer.
const SHARED_MS = 10_000;

/** @returns a function that checks; calls within ten seconds share the answer. `check` must have its own time limit */
export const sharedCheck = (check: () => Promise<CheckReport[]>): (() => Promise<CheckedSetup>) =>
  memoizeFor(SHARED_MS, async () => ({ reports: await check(), checkedAt: new Date() }));
