"use client";

import type { EventFilter } from "@rollcall/sync";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Activity } from "lucide-react";
import { useTranslations } from "next-intl";
import { useCursorPages } from "@/components/cursor-pages.tsx";
import { PagedList } from "@/components/paged-list.tsx";
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
  const isFiltered = Object.values(filter).some(Boolean);
  return (
    <PagedList
      page={page}
      pages={pages}
      label={t("list")}
      columns={columns}
      rowId={({ id }) => id}
      empty={{
        icon: Activity,
        title: isFiltered ? t("noMatch") : t("none"),
        text: isFiltered ? t("noMatchText") : t("noneText"),
      }}
    />
  );
}
