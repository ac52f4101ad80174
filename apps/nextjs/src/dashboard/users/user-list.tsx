"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { UsersRound } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { useCursorPages } from "@/components/cursor-pages.tsx";
import type { Column } from "@/components/data-table.tsx";
import { PagedList } from "@/components/paged-list.tsx";
import { TimeAgo } from "@/components/time-ago.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { UserAvatar } from "@/components/user-avatar.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import { DASHBOARD } from "../pages.ts";
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
  return (
    <PagedList
      page={page}
      pages={pages}
      label={t("list")}
      columns={columns}
      rowId={({ id }) => id}
      empty={{
        icon: UsersRound,
        title: filter.search ? t("noMatch") : t(`empty.${filter.state ?? "live"}`),
        text: filter.search ? t("noMatchText") : t("emptyText"),
      }}
    />
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
            href={`${DASHBOARD}/users/${user.id}`}
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
