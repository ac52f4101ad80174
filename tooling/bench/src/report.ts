import { type Goal, goalsTable } from "./goals.ts";
import type { Measured } from "./scenario.ts";
import { toText as tableText } from "./table.ts";

/** Where and when it was measured. */
export interface Machine {
  date: string;
  processor: string;
  cores: number;
  memoryGb: number;
  system: string;
  node: string;
  postgres: string;
}

export interface Report {
  machine: Machine;
  scenarios: Measured[];
}

export const goalsOf = ({ scenarios }: Report): Goal[] => scenarios.flatMap(({ goals }) => goals);

export const machineText = ({ date, processor, cores, memoryGb, system, node, postgres }: Machine): string =>
  `${date}: Node ${node} and PostgreSQL ${postgres} on the same ${cores} cores (${processor}, ${memoryGb} GB, ${system}). Medians; in brackets quartiles of the rounds.`;

/** The whole report, for people. */
export function toText(report: Report): string {
  const goals = goalsOf(report);
  const tables = report.scenarios.flatMap((scenario) => scenario.tables);
  const sections = [
    machineText(report.machine),
    ...tables.map(tableText),
    ...(goals.length === 0 ? [] : [tableText(goalsTable(goals))]),
  ];
  return `${sections.join("\n\n")}\n`;
}

/** One line: each scenario's result under its name. */
export const toJson = (report: Report): string =>
  JSON.stringify({
    machine: report.machine,
    results: Object.fromEntries(report.scenarios.map(({ name, result }) => [name, result])),
    goals: goalsOf(report),
  });
