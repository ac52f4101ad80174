import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod/v4";
import { gauges } from "../src/http/prometheus.ts";

const read = (file: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../docs/${file}`, import.meta.url)), "utf8");
const exported: string[] = gauges.map(({ name }) => name);
const metricsIn = (text: string): string[] => [...text.matchAll(/\brollcall_\w+/g)].map(([name]) => name);

const rule = z.strictObject({
  alert: z.string(),
  expr: z.string(),
  for: z
    .string()
    .regex(/^\d+[mh]$/)
    .optional(),
  labels: z.strictObject({ severity: z.enum(["warning", "critical"]) }),
  annotations: z.strictObject({ summary: z.string().min(1) }),
});
const alerts = z
  .strictObject({ groups: z.array(z.strictObject({ name: z.string(), rules: z.array(rule).min(1) })) })
  .parse(parse(read("monitoring/alerts.yml")))
  .groups.flatMap(({ rules }) => rules);
const dashboard = z
  .object({ panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })) })) })
  .parse(JSON.parse(read("monitoring/grafana.json")));

test("docs/monitoring.md describes every metric with its label, and no other", () => {
  const rows = [...read("monitoring.md").matchAll(/^\| `(rollcall_\w+)` *\| *(?:`(\w+)`)? *\| \S/gm)];
  const described = rows.map(([, name, label]) => ({ name, ...(label !== undefined && { label }) }));
  expect(described).toEqual(gauges.map(({ name, label }) => ({ name, ...(label !== undefined && { label }) })));
});

test("the example alerts ask only for metrics that are exported, and docs/monitoring.md says what to do about each", () => {
  for (const { alert, expr } of alerts) {
    expect({ alert, unknown: metricsIn(expr).filter((name) => !exported.includes(name)) }).toEqual({
      alert,
      unknown: [],
    });
  }
  const described = [...read("monitoring.md").matchAll(/^\| `(Rollcall\w+)` *\| \S/gm)].map(([, name]) => name);
  expect(described).toEqual(alerts.map(({ alert }) => alert));
});

test("the example dashboard asks only for metrics that are exported, and shows all of them", () => {
  const asked = dashboard.panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => metricsIn(expr)));
  expect([...new Set(asked)].sort()).toEqual([...exported].sort());
});
