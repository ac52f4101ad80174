import type { Answer } from "./ask.ts";

/** Prints what a spec measured, for docs/reliability.md: how many answers of which status, and the longest, for each entry. */
export function printFigures(spec: string, answers: readonly Answer[], further: Record<string, number> = {}): void {
  const lines = [...new Set(answers.map(({ entry }) => entry))].map((entry) => {
    const own = answers.filter((answer) => answer.entry === entry);
    const statuses = [...new Set(own.map(({ status }) => status))]
      .map((status) => `${status ?? "none"}×${own.filter((answer) => answer.status === status).length}`)
      .join(" ");
    return `  ${entry}: ${statuses}, longest ${Math.round(Math.max(...own.map(({ ms }) => ms)))} ms\n`;
  });
  process.stdout.write(`${spec}\n${lines.join("")}  ${JSON.stringify(further)}\n`);
}
