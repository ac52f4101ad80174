"use client";

import type { RouterOutputs } from "@rollcall/api";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { CursorNav, useCursorPages } from "@/components/cursor-pages.tsx";
import { type Column, DataTable } from "@/components/data-table.tsx";
import { FailureAlert } from "@/components/failure-alert.tsx";
import { TimeAgo } from "@/components/time-ago.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { Card, CardDescription, CardHeader, CardTitle } from "@/components/ui/card.tsx";
import { Empty, EmptyDescription, EmptyTitle } from "@/components/ui/empty.tsx";
import { useDuration } from "@/lib/use-duration.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { DASHBOARD } from "../pages.ts";
import { isActive, RUNS_PAGE, type Run, stateVariants } from "./run-labels.ts";
import { useRunText } from "./use-run-text.ts";

/** All runs but the one in progress, newest first. */
export function RunHistory({ firstPage }: { firstPage: RouterOutputs["sync"]["runs"] }) {
  const t = useTranslations();
  const trpc = useTRPC();
  const pages = useCursorPages();
  const { cursor } = pages;
  const later = useQuery(
    trpc.sync.runs.queryOptions(
      { ...RUNS_PAGE, cursor },
      { enabled: cursor !== undefined, placeholderData: keepPreviousData },
    ),
  );
  const page = cursor === undefined ? firstPage : later.data;
  const columns = useRunColumns();
  const items = page?.items ?? firstPage.items;
  const rows = useMemo(() => items.filter((run) => !isActive(run)), [items]);
  return (
    <Card aria-labelledby="run-history" className="gap-4 pb-2">
      <CardHeader>
        <CardTitle id="run-history">{t("runs.history")}</CardTitle>
        <CardDescription>{t("runs.historyText")}</CardDescription>
      </CardHeader>
      {later.error && <FailureAlert error={later.error} onRetry={() => later.refetch()} />}
      <DataTable
        label={t("runs.history")}
        columns={columns}
        rows={rows}
        rowId={({ report }) => report.runId}
        isPending={later.isPlaceholderData || later.isLoading}
        empty={
          <Empty>
            <History aria-hidden="true" />
            <EmptyTitle>{t("runs.none")}</EmptyTitle>
            <EmptyDescription>{t("runs.noneText")}</EmptyDescription>
          </Empty>
        }
      />
      <div className="px-4 pb-2 empty:hidden">
        <CursorNav pages={pages} nextCursor={page?.nextCursor} />
      </div>
    </Card>
  );
}

function useRunColumns(): Column<Run>[] {
  const t = useTranslations("runs");
  const duration = useDuration();
  const { summary, starter } = useRunText();
  return useMemo(
    () => [
      {
        id: "state",
        header: t("state"),
        cell: ({ row: { original: run } }) => (
          <div className="flex flex-wrap gap-1">
            <Badge variant={stateVariants[run.report.state]}>{t(`states.${run.report.state}`)}</Badge>
            {run.report.dryRun && <Badge variant="outline">{t("dry")}</Badge>}
          </div>
        ),
      },
      {
        id: "kind",
        header: t("kind"),
        cell: ({ row: { original: run } }) => (
          <Link
            href={`${DASHBOARD}/runs/${run.report.runId}`}
            className="rounded-sm font-medium whitespace-nowrap underline-offset-4 outline-none hover:underline focus-visible:ring-[3px] focus-visible:ring-ring/50"
          >
            {t(`kinds.${run.report.kind}`)}
          </Link>
        ),
      },
      {
        id: "result",
        header: t("result"),
        cell: ({ row: { original: run } }) => (
          <span className="block min-w-48 text-muted-foreground tabular-nums">{summary(run)}</span>
        ),
      },
      { id: "started", header: t("startedAt"), cell: ({ row }) => <TimeAgo time={row.original.startedAt} /> },
      {
        id: "duration",
        header: t("duration"),
        cell: ({ row }) => (
          <span className="whitespace-nowrap tabular-nums">{duration(row.original.report.durationMs)}</span>
        ),
      },
      {
        id: "by",
        header: t("startedBy"),
        cell: ({ row }) => (
          <span className="whitespace-nowrap text-muted-foreground" title={row.original.startedBy}>
            {starter(row.original.startedBy)}
          </span>
        ),
      },
    ],
    [t],
  );
}
