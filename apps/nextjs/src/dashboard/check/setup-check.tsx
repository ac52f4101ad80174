"use client";

import type { RouterOutputs } from "@rollcall/api";
import { useQuery } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, CircleMinus, RefreshCw, TriangleAlert } from "lucide-react";
import { useMessages, useTranslations } from "next-intl";
import { FailureAlert } from "@/components/failure-alert.tsx";
import { ListSkeleton } from "@/components/list-skeleton.tsx";
import { TimeAgo } from "@/components/time-ago.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { cn } from "@/lib/cn.ts";
import { useTRPC } from "@/trpc/client.tsx";

type Report = RouterOutputs["sync"]["check"]["reports"][number];

// What needs attention comes first.
const rank = (report: Report): number => {
  if (report.status === "finding") return report.severity === "error" ? 0 : 1;
  return report.status === "skipped" ? 2 : 3;
};

/** What is wrong with this setup, and how to fix it. */
export function SetupCheck() {
  const t = useTranslations("check");
  const trpc = useTRPC();
  const check = useQuery(trpc.sync.check.queryOptions());
  if (!check.data) {
    return check.error ? <FailureAlert error={check.error} onRetry={() => check.refetch()} /> : <ListSkeleton />;
  }
  const { reports, checkedAt } = check.data;
  const findings = reports.filter(({ status }) => status === "finding").length;
  return (
    <div className="grid grid-cols-1 gap-4">
      {check.error && <FailureAlert error={check.error} onRetry={() => check.refetch()} />}
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-sm" role="status">
          <span className="font-medium" data-testid="findings">
            {t("findings", { count: findings })}
          </span>{" "}
          <span className="text-muted-foreground">
            {t.rich("checkedAt", { time: () => <TimeAgo time={checkedAt} /> })}
          </span>
        </p>
        <Button variant="outline" onClick={() => check.refetch()} disabled={check.isFetching}>
          <RefreshCw aria-hidden="true" className={cn(check.isFetching && "animate-spin motion-reduce:animate-none")} />
          {t("again")}
        </Button>
      </div>
      <Card className="gap-0 py-0">
        <ul className="divide-y" aria-busy={check.isFetching}>
          {[...reports] // toSorted is ES2023, and a host may compile for ES2022
            .sort((a, b) => rank(a) - rank(b))
            .map((report) => (
              <Item key={report.id} report={report} />
            ))}
        </ul>
      </Card>
    </div>
  );
}

function Item({ report }: { report: Report }) {
  const t = useTranslations("check");
  const titles: Record<string, string> = useMessages().check.titles;
  return (
    <li className="flex gap-3 px-5 py-3 text-sm" data-testid={`check-${report.id}`}>
      <Mark report={report} />
      <div className="grid grid-cols-1 min-w-0 flex-1 gap-2">
        <p className={cn(report.status === "finding" && "font-medium")}>{titles[report.id] ?? report.title}</p>
        {report.status === "ok" && report.message && <p className="text-muted-foreground">{report.message}</p>}
        {report.status === "skipped" && <p className="text-muted-foreground">{t("skipped", { why: report.why })}</p>}
        {report.status === "finding" && (
          <>
            <p className="text-muted-foreground">{report.message}</p>
            <div className="rounded-lg bg-muted px-4 py-3">
              <p className="text-xs font-medium text-muted-foreground">{t("remedy")}</p>
              <p className="mt-1 break-words whitespace-pre-line">{report.remedy}</p>
            </div>
          </>
        )}
      </div>
    </li>
  );
}

function Mark({ report }: { report: Report }) {
  const t = useTranslations("check");
  const look = "mt-0.5 size-4 shrink-0";
  if (report.status === "ok")
    return <CircleCheck className={cn(look, "text-success")} role="img" aria-label={t("ok")} />;
  if (report.status === "skipped") {
    return <CircleMinus className={cn(look, "text-muted-foreground")} role="img" aria-label={t("notChecked")} />;
  }
  return report.severity === "error" ? (
    <CircleAlert className={cn(look, "text-destructive")} role="img" aria-label={t("error")} />
  ) : (
    <TriangleAlert className={cn(look, "text-warning")} role="img" aria-label={t("warning")} />
  );
}
