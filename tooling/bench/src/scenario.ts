import type { Server } from "./database.ts";
import type { Goal } from "./goals.ts";
import type { Plot } from "./plots/plot.ts";
import type { Table } from "./table.ts";

/** What scenarios measure on. */
export interface Bench {
  server: Server;
  /** Users in the growing tables, ascending. */
  sizes: readonly number[];
  /** Users of a run. */
  users: number;
  /** How often a contender is measured, where the scenario itself would do so `usual` times. */
  rounds(usual: number): number;
  /** Progress, for the person who waits. */
  tell(what: string): void;
}

/** One comparison: how it is measured, and how its result is shown. */
export interface Scenario<Result> {
  name: string;
  measure(bench: Bench): Promise<Result>;
  tables(result: Result): Table[];
  goals(result: Result): Goal[];
  plots(result: Result): Plot[];
}

/** A scenario that was measured. */
export interface Measured {
  name: string;
  result: unknown;
  tables: Table[];
  goals: Goal[];
  plots: Plot[];
}

export interface NamedScenario {
  name: string;
  run(bench: Bench): Promise<Measured>;
}

/** Keeps a scenario's result and what shows it of one type. */
export const named = <Result>({ name, measure, ...shown }: Scenario<Result>): NamedScenario => ({
  name,
  async run(bench) {
    bench.tell(name);
    const result = await measure(bench);
    return {
      name,
      result,
      tables: shown.tables(result),
      goals: shown.goals(result),
      plots: shown.plots(result),
    };
  },
});
