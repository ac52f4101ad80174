import { ms } from "../../database/sql.ts";
import { counters } from "../report.ts";

/** The run is planned or running: a worker works on it, or will. A condition on the column `state`. */
export const UNDER_WAY = "state in ('planned', 'running')";

/** How long a run still waits for Clerk's quota, in ms on the database's clock, which all workers share. */
export const pausedForMs = (run: string): string =>
  `greatest(0, coalesce(${ms(`${run}."pausedUntil" - clock_timestamp()`)}, 0))`;

/** The counts of a window as arguments of `json_build_object`. */
export const countColumns = (window: string): string =>
  [...counters, "errors"].map((name) => `'${name}', ${window}."${name}"`).join(", ");

/** The sum of each counter over a run's windows, as columns of the counters' names. */
export const counterSums = (window: string): string =>
  counters.map((name) => `coalesce(sum(${window}."${name}"), 0)::int as "${name}"`).join(",\n  ");

/** Sets the counters of a window to the parameters from `first` on, in their order; calls to Clerk are added. */
export const setCounters = (window: string, first: number): string =>
  counters
    .map((name, at) => `"${name}" = ${name === "clerkCalls" ? `${window}."${name}" + ` : ""}$${first + at}::int`)
    .join(",\n  ");
