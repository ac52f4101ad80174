import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { scenarios } from "../src/all-scenarios.ts";
import { atLeast, atMost } from "../src/goals.ts";
import { withTables } from "../src/markdown.ts";
import { bars } from "../src/plots/bars.ts";
import type { Machine, Report } from "../src/report.ts";
import { spreadOf } from "../src/spread.ts";

const machine: Machine = {
  date: "2026-01-02",
  processor: "a processor",
  cores: 2,
  memoryGb: 8,
  system: "Linux 6",
  node: "20.19.0",
  postgres: "18.0",
};

test("a spread is the median and both quartiles, whatever the order", () => {
  expect(spreadOf([4, 1, 3, 2, 5])).toEqual({ low: 2, median: 3, high: 4 });
  expect(spreadOf([1, 2])).toEqual({ low: 1.25, median: 1.5, high: 1.75 });
});

test("the median decides whether a goal is reached, and the bound itself is enough", () => {
  expect(atLeast("speed", 1.3, spreadOf([1.1, 1.3, 1.9])).reached).toBe(true);
  expect(atLeast("speed", 1.3, spreadOf([1.1, 1.2, 1.9])).reached).toBe(false);
  expect(atMost("cost", 1.03, 1.04).reached).toBe(false);
});

test("docs/benchmarks.md has a place for each scenario's tables", () => {
  const document = readFileSync(new URL("../../../docs/benchmarks.md", import.meta.url), "utf8");
  const measured = scenarios.map(({ name }) => ({
    name,
    result: null,
    tables: [{ head: [`table of ${name}`], rows: [["cell"]] }],
    goals: [],
    plots: [],
  }));
  const filled = withTables(document, { machine, scenarios: measured }, true);
  for (const { name } of scenarios) expect(filled).toContain(`<!-- bench ${name} -->\n\n| table of ${name} |`);
});

test("what was not measured stays as it is", () => {
  const report: Report = {
    machine,
    scenarios: [{ name: "a", result: null, tables: [{ head: ["new"], rows: [] }], goals: [], plots: [] }],
  };
  const place = (name: string, content: string) => `<!-- bench ${name} -->\n\n${content}\n\n<!-- /bench -->`;
  const document = [
    place("machine", "old machine"),
    place("goals", "old goals"),
    place("b", "old b"),
    place("a", "old a"),
  ].join("\n");
  const filled = withTables(document, report, false);
  for (const name of ["machine", "goals", "b"]) expect(filled).toContain(place(name, `old ${name}`));
  expect(filled).toContain(place("a", "| new |\n| --- |"));
});

test("a plot draws a bar for each value, as long as the value says", () => {
  const { svg } = bars({
    name: "plot",
    title: 'a < "b"',
    series: ["one", "two"],
    groups: [{ label: "group", values: [10, 5] }],
    figure: String,
  });
  const lengths = [...svg.matchAll(/width="([\d.]+)" height="13"/g)].map(([, length]) => Number(length));
  expect(lengths).toHaveLength(2);
  expect(lengths[0]).toBe(2 * (lengths[1] ?? 0));
  expect(svg).toContain('aria-label="a &lt; &quot;b&quot;"');
});
