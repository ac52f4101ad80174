"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { UsersRound } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { CursorNav, useCursorPages } from "@/components/cursor-pages.tsx";
import { type Column, DataTable } from "@/components/data-table.tsx";
import { FailureAlert } from "@/components/failure-alert.tsx";
import { ListSkeleton } from "@/components/list-skeleton.tsx";
import { TimeAgo } from "@/components/time-ago.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { Card } from "@/components/ui/card.tsx";
import { Empty, EmptyDescription, EmptyTitle } from "@/components/ui/empty.tsx";
import { UserAvatar } from "@/components/user-avatar.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import { SyncUser } from "./sync-user.tsx";
import { type DirectoryUser, USERS_PAGE, type UserFilter, userStateVariants } from "./users-page.ts";

/** The users of the directory, with the sync state of each. */
export function UserList({ filter }: { filter: UserFilter }) {
  const t = useTranslations("users");
  const trpc = useTRPC();
  const pages = useCursorPages();
  const columns = useUserColumns();
  const page = useQuery(
    trpc.sync.users.queryOptions(
      { ...USERS_PAGE, ...filter, ...(pages.cursor !== undefined && { cursor: pages.cursor }) },
      { placeholderData: keepPreviousData },
    ),
  );
  if (!page.data) {
    return page.error ? <FailureAlert error={page.error} onRetry={() => page.refetch()} /> : <ListSkeleton />;
  }
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
              <UsersRound aria-hidden="true" />
              <EmptyTitle>{filter.search ? t("noMatch") : t(`empty.${filter.state ?? "live"}`)}</EmptyTitle>
              <EmptyDescription>{filter.search ? t("noMatchText") : t("emptyText")}</EmptyDescription>
            </Empty>
          }
        />
      </Card>
      <CursorNav pages={pages} nextCursor={page.data.nextCursor} />
    </div>
  );
}

function useUserColumns(): Column<DirectoryUser>[] {
  const t = useTranslations("users");
  return useMemo(
    () => [
      {
        id: "user",
        header: t("user"),
        cell: ({ row: { original: user } }) => (
          <Link
            href={`/dashboard/users/${user.id}`}
            className="flex min-w-48 items-center gap-3 rounded-sm outline-none focus-visible:ring-[3px] focus-visible:ring-ring/50"
          >
            <UserAvatar user={user} />
            <span className="grid grid-cols-1 min-w-0">
              <span className="truncate font-medium">{user.name ?? t("noName")}</span>
              <span className="truncate text-xs text-muted-foreground">{user.email ?? t("noEmail")}</span>
            </span>
          </Link>
        ),
      },
      {
        id: "state",
        header: t("state"),
        cell: ({ row: { original: user } }) => (
          <Badge variant={userStateVariants[user.state]}>{t(`states.${user.state}`)}</Badge>
        ),
      },
      {
        id: "id",
        header: t("id"),
        cell: ({ row }) => <code className="text-xs text-muted-foreground">{row.original.id}</code>,
      },
      {
        id: "signedUp",
        header: t("signedUp"),
        cell: ({ row }) => row.original.createdAt && <TimeAgo time={row.original.createdAt} />,
      },
      {
        id: "verified",
        header: t("verified"),
        cell: ({ row }) =>
          row.original.checkedAt ? (
            <TimeAgo time={row.original.checkedAt} />
          ) : (
            <span className="text-muted-foreground">{t("never")}</span>
          ),
      },
      {
        id: "sync",
        header: () => <span className="sr-only">{t("actions")}</span>,
        cell: ({ row: { original: user } }) => (
          <div className="flex justify-end">
            <SyncUser id={user.id} />
          </div>
        ),
      },
    ],
    [t],
  );
}
