import { type Spread, spreadOf } from "./spread.ts";
import type { Table } from "./table.ts";

export interface Goal {
  what: string;
  /** Whether the goal is a minimum or a maximum. */
  bound: "at least" | "at most";
  wanted: number;
  /** The median decides. */
  measured: Spread;
  reached: boolean;
}

export const atLeast = (what: string, wanted: number, measured: Spread | number): Goal =>
  goal(what, "at least", wanted, measured);
export const atMost = (what: string, wanted: number, measured: Spread | number): Goal =>
  goal(what, "at most", wanted, measured);

function goal(what: string, bound: Goal["bound"], wanted: number, given: Spread | number): Goal {
  const measured = typeof given === "number" ? spreadOf([given]) : given;
  const reached = bound === "at least" ? measured.median >= wanted : measured.median <= wanted;
  return { what, bound, wanted, measured, reached };
}

export const goalsTable = (goals: readonly Goal[]): Table => ({
  head: ["goal", "wanted", "measured", "quartiles", ""],
  rows: goals.map(({ what, bound, wanted, measured: { median, low, high }, reached }) => [
    what,
    `${bound} ${wanted}`,
    median.toFixed(2),
    low === high ? "" : `${low.toFixed(2)}-${high.toFixed(2)}`,
    reached ? "reached" : "missed",
  ]),
});
