"use client";

import type { EventFilter } from "@rollcall/sync";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Activity } from "lucide-react";
import { useTranslations } from "next-intl";
import { CursorNav, useCursorPages } from "@/components/cursor-pages.tsx";
import { DataTable } from "@/components/data-table.tsx";
import { FailureAlert } from "@/components/failure-alert.tsx";
import { ListSkeleton } from "@/components/list-skeleton.tsx";
import { Card } from "@/components/ui/card.tsx";
import { Empty, EmptyDescription, EmptyTitle } from "@/components/ui/empty.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import { EVENTS_PAGE } from "./events-page.ts";
import { useEventColumns } from "./use-event-columns.tsx";

/** The log of webhooks, and of changes that reads found. Latest first. */
export function EventList({ filter }: { filter: EventFilter }) {
  const t = useTranslations("events");
  const trpc = useTRPC();
  const pages = useCursorPages();
  const columns = useEventColumns({ withUser: true });
  const page = useQuery(
    trpc.sync.events.queryOptions(
      { ...EVENTS_PAGE, ...filter, ...(pages.cursor !== undefined && { cursor: pages.cursor }) },
      { placeholderData: keepPreviousData },
    ),
  );
  if (!page.data) {
    return page.error ? <FailureAlert error={page.error} onRetry={() => page.refetch()} /> : <ListSkeleton />;
  }
  const isFiltered = Object.values(filter).some(Boolean);
  return (
    <div className="grid grid-cols-1 gap-4">
      {page.error && <FailureAlert error={page.error} onRetry={() => page.refetch()} />}
      <Card className="gap-0 overflow-hidden py-0">
        <DataTable
          label={t("list")}
          columns={columns}
          rows={page.data.items}
          rowId={({ id }) => id}
          isPending={page.isPlaceholderData}
          empty={
            <Empty>
              <Activity aria-hidden="true" />
              <EmptyTitle>{isFiltered ? t("noMatch") : t("none")}</EmptyTitle>
              <EmptyDescription>{isFiltered ? t("noMatchText") : t("noneText")}</EmptyDescription>
            </Empty>
          }
        />
      </Card>
      <CursorNav pages={pages} nextCursor={page.data.nextCursor} />
    </div>
  );
}
