import type { RouterOutputs } from "@rollcall/api";
import type { SyncErrorCode } from "@rollcall/sync";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { type ComponentProps, useMemo } from "react";
import type { Column } from "@/components/data-table.tsx";
import { TimeAgo } from "@/components/time-ago.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { useErrorTexts } from "@/trpc/use-failure-text.ts";
import { DASHBOARD } from "../pages.ts";
import { useOutcomeName } from "./use-outcome-name.ts";

export type LoggedEvent = RouterOutputs["sync"]["events"]["items"][number];

const variants: Record<string, ComponentProps<typeof Badge>["variant"]> = {
  created: "success",
  updated: "success",
  deleted: "warning",
  failed: "destructive",
  refused: "destructive",
};

/** The columns of a list of events. */
export function useEventColumns({ withUser }: { withUser: boolean }): Column<LoggedEvent>[] {
  const t = useTranslations("events");
  const outcomeName = useOutcomeName();
  const texts: Partial<Record<string, { message: string }>> = useErrorTexts() satisfies Record<SyncErrorCode, unknown>;
  return useMemo(() => {
    const columns: Column<LoggedEvent>[] = [
      { id: "time", header: t("time"), cell: ({ row }) => <TimeAgo time={row.original.lastSeenAt} /> },
      {
        id: "type",
        header: t("type"),
        cell: ({ row: { original: event } }) => (
          <span className="whitespace-nowrap">
            {event.type}
            {event.timesSeen > 1 && (
              <span className="ml-1.5 text-xs text-muted-foreground">{t("times", { count: event.timesSeen })}</span>
            )}
          </span>
        ),
      },
      {
        id: "outcome",
        header: t("outcome"),
        cell: ({ row: { original: event } }) => (
          <div className="grid grid-cols-1 justify-items-start gap-1">
            <Badge variant={variants[event.outcome] ?? "secondary"}>{outcomeName(event.outcome)}</Badge>
            {event.code && (
              <span className="text-xs text-muted-foreground" title={texts[event.code]?.message}>
                {event.code}
              </span>
            )}
          </div>
        ),
      },
    ];
    if (withUser) {
      columns.push({
        id: "user",
        header: t("user"),
        cell: ({ row: { original: event } }) =>
          event.userId && (
            <Link
              href={`${DASHBOARD}/users/${event.userId}`}
              className="rounded-sm font-mono text-xs underline-offset-4 outline-none hover:underline focus-visible:ring-[3px] focus-visible:ring-ring/50"
            >
              {event.userId}
            </Link>
          ),
      });
    }
    columns.push({
      id: "source",
      header: t("source"),
      cell: ({ row }) => <span className="text-muted-foreground">{t(`sources.${row.original.source}`)}</span>,
    });
    return columns;
  }, [t, withUser]);
}
