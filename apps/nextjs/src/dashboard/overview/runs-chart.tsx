"use client";

import type { RouterOutputs } from "@rollcall/api";
import { useFormatter, useTranslations } from "next-intl";
import { Bar, CartesianGrid, ComposedChart, Line, Tooltip, XAxis, YAxis } from "recharts";
import { ChartContainer, ChartLegend, ChartTooltipBox } from "@/components/ui/chart.tsx";
import { useDuration } from "@/lib/use-duration.ts";
import { Quiet } from "./events-chart.tsx";

type Runs = RouterOutputs["sync"]["activity"]["runs"];

const CHANGES = "var(--chart-updated)";
const DURATION = "var(--chart-deleted)";

/** The last runs: how many rows each changed, and how long it took. */
export function RunsChart({ runs }: { runs: Runs }) {
  const t = useTranslations();
  const format = useFormatter();
  const duration = useDuration();
  const rows = runs.map((run) => ({
    ...run,
    changes: run.created + run.updated + run.tombstoned,
    seconds: run.durationMs / 1_000,
  }));
  const legend = [
    { name: t("overview.changes"), color: CHANGES },
    { name: t("overview.duration"), color: DURATION },
  ];
  return (
    <div className="grid grid-cols-1 gap-4">
      <ChartLegend rows={legend} />
      {runs.length === 0 ? (
        <Quiet>{t("overview.noRun")}</Quiet>
      ) : (
        <ChartContainer className="h-52" role="img" aria-label={t("overview.runsSpoken", { count: runs.length })}>
          <ComposedChart data={rows} accessibilityLayer={false} margin={{ top: 4, right: 0, bottom: 0, left: 0 }}>
            <CartesianGrid vertical={false} />
            <XAxis
              dataKey="runId"
              tickFormatter={(_, index) => tick(runs[index]?.startedAt)}
              tickLine={false}
              axisLine={false}
              minTickGap={32}
            />
            <YAxis
              yAxisId="changes"
              width={44}
              tickLine={false}
              axisLine={false}
              allowDecimals={false}
              tickFormatter={(count: number) => format.number(count, { notation: "compact" })}
            />
            <YAxis
              yAxisId="seconds"
              orientation="right"
              allowDecimals={false}
              width={48}
              tickLine={false}
              axisLine={false}
              tickFormatter={(seconds: number) => duration(seconds * 1_000)}
            />
            <Tooltip
              isAnimationActive={false}
              content={({ active, label }) => {
                const run = active && runs.find(({ runId }) => runId === label);
                return (
                  run && (
                    <ChartTooltipBox
                      title={`${t(`runs.kinds.${run.kind}`)} · ${format.dateTime(run.startedAt, "moment")}`}
                      rows={[
                        { name: t("runs.state"), value: t(`runs.states.${run.state}`) },
                        { name: t("overview.duration"), value: duration(run.durationMs), color: DURATION },
                        {
                          name: t("overview.changes"),
                          value: format.number(run.created + run.updated + run.tombstoned),
                          color: CHANGES,
                        },
                        ...(run.failed > 0
                          ? [{ name: t("runs.outcomes.failed"), value: format.number(run.failed) }]
                          : []),
                      ]}
                    />
                  )
                );
              }}
            />
            <Bar yAxisId="changes" dataKey="changes" fill={CHANGES} isAnimationActive={false} maxBarSize={28} />
            <Line
              yAxisId="seconds"
              dataKey="seconds"
              stroke={DURATION}
              strokeWidth={2}
              dot={{ r: 2.5, fill: DURATION, strokeWidth: 0 }}
              isAnimationActive={false}
            />
          </ComposedChart>
        </ChartContainer>
      )}
    </div>
  );

  function tick(startedAt: Date | undefined): string {
    return startedAt ? format.dateTime(startedAt, "hour") : "";
  }
}
