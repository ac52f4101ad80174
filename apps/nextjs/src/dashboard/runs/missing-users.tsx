"use client";

import type { RouterOutputs } from "@rollcall/api";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { useMemo, useState } from "react";
import { CursorNav, useCursorPages } from "@/components/cursor-pages.tsx";
import { type Column, DataTable } from "@/components/data-table.tsx";
import { FailureAlert } from "@/components/failure-alert.tsx";
import { SearchField } from "@/components/search-field.tsx";
import { TimeAgo } from "@/components/time-ago.tsx";
import { Empty, EmptyTitle } from "@/components/ui/empty.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { useDebounced } from "@/lib/use-debounced.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { DASHBOARD } from "../pages.ts";
import { ExportMissing } from "./export-missing.tsx";

type MissingUser = RouterOutputs["sync"]["missing"]["items"][number];

const LIMIT = 10;

/** Whose tombstones a waiting run would make: searchable, and as a file. */
export function MissingUsers({ runId }: { runId: string }) {
  const t = useTranslations();
  const trpc = useTRPC();
  const [text, setText] = useState("");
  const search = useDebounced(text.trim());
  const pages = useCursorPages();
  const page = useQuery(
    trpc.sync.missing.queryOptions(
      { runId, limit: LIMIT, cursor: pages.cursor, ...(search && { search }) },
      { placeholderData: keepPreviousData },
    ),
  );
  const columns = useMissingColumns();
  if (page.error) return <FailureAlert error={page.error} onRetry={() => page.refetch()} />;
  return (
    <div className="grid grid-cols-1 gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <SearchField
          label={t("runs.confirm.search")}
          value={text}
          onChange={({ target }) => {
            setText(target.value);
            pages.reset();
          }}
        />
        <ExportMissing runId={runId} />
      </div>
      <div className="overflow-hidden rounded-lg border">
        {page.data ? (
          <DataTable
            label={t("runs.confirm.list")}
            columns={columns}
            rows={page.data.items}
            rowId={({ id }) => id}
            isPending={page.isPlaceholderData}
            empty={
              <Empty className="py-8">
                <EmptyTitle>{t("runs.confirm.noMatch")}</EmptyTitle>
              </Empty>
            }
          />
        ) : (
          <Skeleton className="h-96" />
        )}
      </div>
      <CursorNav pages={pages} nextCursor={page.data?.nextCursor} />
    </div>
  );
}

function useMissingColumns(): Column<MissingUser>[] {
  const t = useTranslations();
  return useMemo(
    () => [
      {
        id: "user",
        header: t("users.user"),
        cell: ({ row: { original: user } }) => (
          <Link
            href={`${DASHBOARD}/users/${user.id}`}
            className="grid grid-cols-1 rounded-sm outline-none focus-visible:ring-[3px] focus-visible:ring-ring/50"
          >
            <span className="font-medium">{user.name ?? t("users.noName")}</span>
            <span className="text-xs text-muted-foreground">{user.email ?? t("users.noEmail")}</span>
          </Link>
        ),
      },
      { id: "id", header: t("users.id"), cell: ({ row }) => <code className="text-xs">{row.original.id}</code> },
      {
        id: "created",
        header: t("users.signedUp"),
        cell: ({ row }) => row.original.createdAt && <TimeAgo time={row.original.createdAt} />,
      },
      {
        id: "synced",
        header: t("users.lastWritten"),
        cell: ({ row }) => row.original.syncedAt && <TimeAgo time={row.original.syncedAt} />,
      },
    ],
    [t],
  );
}
