"use client";

import type { RouterOutputs } from "@rollcall/api";
import { useFormatter, useTranslations } from "next-intl";
import { Bar, BarChart, CartesianGrid, Tooltip, XAxis, YAxis } from "recharts";
import { ChartContainer, ChartLegend, ChartTooltipBox } from "@/components/ui/chart.tsx";

type Hours = RouterOutputs["sync"]["activity"]["events"];

// Outcomes that read the same at a glance share a bar.
const series = [
  { name: "created", color: "var(--chart-created)", outcomes: ["created"] },
  { name: "updated", color: "var(--chart-updated)", outcomes: ["updated"] },
  { name: "unchanged", color: "var(--chart-unchanged)", outcomes: ["unchanged", "outdated", "ignored"] },
  { name: "deleted", color: "var(--chart-deleted)", outcomes: ["deleted"] },
  { name: "failed", color: "var(--chart-failed)", outcomes: ["failed", "refused"] },
] as const;

/** The events of each of the last 24 hours, by outcome. */
export function EventsChart({ hours }: { hours: Hours }) {
  const t = useTranslations();
  const format = useFormatter();
  const rows = hours.map(({ from, outcomes }) => ({
    from: from.getTime(),
    ...Object.fromEntries(
      series.map(({ name, outcomes: counted }) => [
        name,
        counted.reduce((sum, outcome) => sum + (outcomes[outcome] ?? 0), 0),
      ]),
    ),
  }));
  const total = hours.reduce((sum, { outcomes }) => sum + Object.values(outcomes).reduce((a, b) => a + b, 0), 0);
  const legend = series.map(({ name, color }) => ({ name: t(`overview.series.${name}`), color }));
  return (
    <div className="grid grid-cols-1 gap-4">
      <ChartLegend rows={legend} />
      {total === 0 ? (
        <Quiet>{t("overview.noEvents")}</Quiet>
      ) : (
        <ChartContainer className="h-52" role="img" aria-label={t("overview.eventsSpoken", { count: total })}>
          <BarChart data={rows} accessibilityLayer={false} margin={{ top: 4, right: 0, bottom: 0, left: 0 }}>
            <CartesianGrid vertical={false} />
            <XAxis
              dataKey="from"
              tickFormatter={(from: number) => format.dateTime(from, "hour")}
              tickLine={false}
              axisLine={false}
              minTickGap={32}
            />
            <YAxis
              width={44}
              tickLine={false}
              axisLine={false}
              allowDecimals={false}
              tickFormatter={(count: number) => format.number(count, { notation: "compact" })}
            />
            <Tooltip
              isAnimationActive={false}
              content={({ active, payload, label }) =>
                active &&
                typeof label === "number" && (
                  <ChartTooltipBox
                    title={format.dateTime(label, "moment")}
                    rows={payload
                      .filter(({ value }) => Number(value) > 0)
                      .map(({ dataKey, value, color }) => ({
                        name: series.some(({ name }) => name === dataKey) ? nameOf(dataKey) : "",
                        value: format.number(Number(value)),
                        ...(color && { color }),
                      }))}
                  />
                )
              }
            />
            {series.map(({ name, color }) => (
              <Bar
                key={name}
                dataKey={name}
                stackId="outcomes"
                fill={color}
                isAnimationActive={false}
                maxBarSize={28}
              />
            ))}
          </BarChart>
        </ChartContainer>
      )}
    </div>
  );

  function nameOf(key: unknown): string {
    const found = series.find(({ name }) => name === key);
    return found ? t(`overview.series.${found.name}`) : "";
  }
}

/** In place of a chart, as tall as one. */
export const Quiet = ({ children }: { children: string }) => (
  <p className="flex h-52 items-center justify-center text-sm text-muted-foreground">{children}</p>
);
