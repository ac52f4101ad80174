import type { Spread } from "./spread.ts";

/** A table of a report. The first column holds words, the others figures. */
export interface Table {
  head: string[];
  rows: string[][];
}

export const whole = (value: number): string => Math.round(value).toLocaleString("en");
export const percent = (value: number): string => `${Math.round(value * 100)} %`;
export const times = (value: number): string => `${value.toFixed(1)}x`;
export const ms = (value: number): string => value.toFixed(value < 10 ? 2 : 1);
export const seconds = (milliseconds: number): string => (milliseconds / 1_000).toFixed(2);

const range = ({ median, low, high }: Spread, figure: (value: number) => string): string =>
  `${figure(median)} (${figure(low)}-${figure(high)})`;

/** The median and, in brackets, the quartiles. */
export const ratio = (spread: Spread): string => `${range(spread, (value) => value.toFixed(2))}x`;
export const percentRange = (spread: Spread): string => `${range(spread, (value) => `${Math.round(value * 100)}`)} %`;
export const secondsRange = (spread: Spread): string => range(spread, seconds);
export const msRange = (spread: Spread): string => range(spread, ms);

/** Columns below a head; the first to the left, figures to the right. */
export function toText({ head, rows }: Table): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ");
  return [line(head), "-".repeat(line(head).length), ...rows.map(line)].join("\n");
}

export function toMarkdown({ head, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, column) => (column === 0 ? "---" : "--:"));
  return [head, rule, ...rows].map(line).join("\n");
}
