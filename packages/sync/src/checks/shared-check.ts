import type { CheckReport } from "./check.ts";

/** What is wrong with the setup, as of a moment in this process's time. */
export interface CheckedSetup {
  checkedAt: Date;
  reports: CheckReport[];
}
