"use client";

import type { RowData } from "@tanstack/react-table";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { CursorNav, type CursorPages } from "@/components/cursor-pages.tsx";
import { type Column, DataTable } from "@/components/data-table.tsx";
import { FailureAlert } from "@/components/failure-alert.tsx";
import { ListSkeleton } from "@/components/list-skeleton.tsx";
import { Card } from "@/components/ui/card.tsx";
import { Empty, EmptyDescription, EmptyTitle } from "@/components/ui/empty.tsx";

interface PagedListProps<Row extends RowData> {
  /** The query of the page on display. */
  page: {
    data: { items: Row[]; nextCursor: string | null } | undefined;
    error: unknown;
    isPlaceholderData: boolean;
    refetch: () => unknown;
  };
  pages: CursorPages;
  label: string;
  /** Stable between renders. */
  columns: Column<Row>[];
  rowId: (row: Row) => string;
  /** For a page without rows. */
  empty: { icon: LucideIcon; title: string; text: string };
  /** Between an error and the rows. */
  above?: ReactNode;
}

/** A page of a list from the server, and the way to the others; until there is one, why not. */
export function PagedList<Row extends RowData>({
  page,
  pages,
  label,
  columns,
  rowId,
  empty,
  above,
}: PagedListProps<Row>) {
  const failure = page.error ? <FailureAlert error={page.error} onRetry={() => page.refetch()} /> : null;
  if (!page.data) return failure ?? <ListSkeleton />;
  return (
    <div className="grid grid-cols-1 gap-4">
      {failure}
      {above}
      <Card className="gap-0 overflow-hidden py-0">
        <DataTable
          label={label}
          columns={columns}
          rows={page.data.items}
          rowId={rowId}
          isPending={page.isPlaceholderData}
          empty={
            <Empty>
              <empty.icon aria-hidden="true" />
              <EmptyTitle>{empty.title}</EmptyTitle>
              <EmptyDescription>{empty.text}</EmptyDescription>
            </Empty>
          }
        />
      </Card>
      <CursorNav pages={pages} nextCursor={page.data.nextCursor} />
    </div>
  );
}
