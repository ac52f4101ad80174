"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { FailureAlert } from "@/components/failure-alert.tsx";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import { EventsChart } from "./events-chart.tsx";
import { RunsChart } from "./runs-chart.tsx";

const REFRESH_MS = 60_000;

/** The recent past, in two charts. */
export function Activity() {
  const t = useTranslations("overview");
  const trpc = useTRPC();
  const activity = useQuery(trpc.sync.activity.queryOptions(undefined, { refetchInterval: REFRESH_MS }));
  if (activity.error && !activity.data)
    return <FailureAlert error={activity.error} onRetry={() => activity.refetch()} />;
  const { data } = activity;
  return (
    <div className="grid grid-cols-1 gap-4 xl:grid-cols-2">
      <ChartCard id="events-chart" title={t("eventsChart")} text={t("eventsChartText")}>
        {data ? <EventsChart hours={data.events} /> : <Skeleton className="h-64" />}
      </ChartCard>
      <ChartCard id="runs-chart" title={t("runsChart")} text={t("runsChartText")}>
        {data ? <RunsChart runs={data.runs} /> : <Skeleton className="h-64" />}
      </ChartCard>
    </div>
  );
}

function ChartCard({ id, title, text, children }: { id: string; title: string; text: string; children: ReactNode }) {
  return (
    <Card aria-labelledby={id} className="min-w-0">
      <CardHeader>
        <CardTitle id={id}>{title}</CardTitle>
        <CardDescription>{text}</CardDescription>
      </CardHeader>
      <CardContent>{children}</CardContent>
    </Card>
  );
}
