"use client";

import { useQuery } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { CopyButton } from "@/components/copy-button.tsx";
import { DataTable } from "@/components/data-table.tsx";
import { Fact } from "@/components/fact.tsx";
import { ErrorAlert, FailureAlert } from "@/components/failure-alert.tsx";
import { ListSkeleton } from "@/components/list-skeleton.tsx";
import { TimeAgo } from "@/components/time-ago.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Card, CardAction, CardDescription, CardHeader, CardTitle } from "@/components/ui/card.tsx";
import { Empty, EmptyDescription, EmptyTitle } from "@/components/ui/empty.tsx";
import { UserAvatar } from "@/components/user-avatar.tsx";
import { cn } from "@/lib/cn.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { useErrorTexts } from "@/trpc/use-failure-text.ts";
import { useEventColumns } from "../events/use-event-columns.tsx";
import { DASHBOARD } from "../pages.ts";
import { Claim } from "./claim.tsx";
import { Fields } from "./fields.tsx";
import { Tombstone } from "./tombstone.tsx";
import { useSyncUser } from "./use-sync-user.ts";
import { UserEffects } from "./user-effects.tsx";
import { type UserDetails, userStateVariants } from "./users-page.ts";

/** Everything about one user: Clerk's data beside ours, and what led to it. */
export function OneUser({ id }: { id: string }) {
  const t = useTranslations("user");
  const texts = useErrorTexts();
  const trpc = useTRPC();
  const { data: user, error, refetch } = useQuery(trpc.sync.user.queryOptions({ id }));
  if (!user) return error ? <FailureAlert error={error} onRetry={() => refetch()} /> : <ListSkeleton />;
  const { atClerk } = user;
  return (
    <div className="grid grid-cols-1 gap-6">
      <UserHeader user={user} />
      {error && <FailureAlert error={error} onRetry={() => refetch()} />}
      {atClerk.state === "unavailable" && (
        <ErrorAlert
          title={t("clerkUnavailable")}
          text={`${texts[atClerk.code].message} ${texts[atClerk.code].hint}`}
          code={atClerk.code}
          onRetry={() => refetch()}
        />
      )}
      {user.tombstone && <Tombstone id={id} tombstone={user.tombstone} />}
      {user.claim && <Claim claim={user.claim} />}
      <Card aria-labelledby="fields" className="gap-4 overflow-hidden pb-0">
        <CardHeader>
          <CardTitle id="fields">{t("fields")}</CardTitle>
          <CardDescription>{atClerk.state === "absent" ? t("absentAtClerk") : t("fieldsText")}</CardDescription>
        </CardHeader>
        <Fields fields={user.fields} />
      </Card>
      <UserEffects id={id} />
      <UserEvents user={user} />
    </div>
  );
}

function UserHeader({ user }: { user: UserDetails }) {
  const t = useTranslations();
  const sync = useSyncUser();
  const email = user.fields.find(({ field }) => field === "email");
  const shown = email?.clerk ?? email?.replica ?? email?.application;
  return (
    <div className="grid grid-cols-1 gap-5">
      <div className="flex flex-wrap items-center gap-4">
        <UserAvatar
          user={{ name: user.name, email: typeof shown === "string" ? shown : null, image: user.image }}
          className="size-14 text-lg"
        />
        <div className="min-w-0 flex-1 basis-56">
          <h1 className="truncate text-2xl font-semibold tracking-tight">{user.name ?? t("users.noName")}</h1>
          <p className="flex items-center gap-1 text-sm text-muted-foreground">
            <code className="truncate text-xs">{user.id}</code>
            <CopyButton text={user.id} />
          </p>
        </div>
        <Button onClick={() => sync.mutate({ id: user.id })} disabled={sync.isPending}>
          <RefreshCw aria-hidden="true" className={cn(sync.isPending && "animate-spin motion-reduce:animate-none")} />
          {t("users.syncThis")}
        </Button>
      </div>
      <dl className="grid grid-cols-2 gap-x-8 gap-y-4 rounded-xl border bg-card px-5 py-4 text-sm shadow-xs sm:grid-cols-4">
        <Fact term={t("users.state")}>
          {user.state ? (
            <Badge variant={userStateVariants[user.state]} data-testid="user-state">
              {t(`users.states.${user.state}`)}
            </Badge>
          ) : (
            <Badge variant="destructive">{t("users.states.absent")}</Badge>
          )}
        </Fact>
        <Fact term={t("users.verified")}>{user.checkedAt ? <TimeAgo time={user.checkedAt} /> : t("common.never")}</Fact>
        <Fact term={t("users.lastWritten")}>
          {user.syncedAt ? <TimeAgo time={user.syncedAt} /> : t("common.never")}
        </Fact>
        <Fact term={t("users.rowId")}>
          {user.rowId === null ? (
            t("common.none")
          ) : (
            <code className="block truncate text-xs leading-6" title={user.rowId}>
              {user.rowId}
            </code>
          )}
        </Fact>
      </dl>
    </div>
  );
}

function UserEvents({ user: { id, events } }: { user: UserDetails }) {
  const t = useTranslations();
  const columns = useEventColumns({ withUser: false });
  return (
    <Card aria-labelledby="user-events" className="gap-4 overflow-hidden pb-0">
      <CardHeader>
        <CardTitle id="user-events">{t("nav.events")}</CardTitle>
        <CardDescription>{t("user.eventsText")}</CardDescription>
        <CardAction>
          <Button asChild variant="link" size="sm">
            <Link href={`${DASHBOARD}/events?userId=${id}`}>{t("user.allEvents")}</Link>
          </Button>
        </CardAction>
      </CardHeader>
      <DataTable
        label={t("nav.events")}
        columns={columns}
        rows={events}
        rowId={(event) => event.id}
        empty={
          <Empty className="py-8">
            <EmptyTitle>{t("user.noEvents")}</EmptyTitle>
            <EmptyDescription>{t("user.noEventsText")}</EmptyDescription>
          </Empty>
        }
      />
    </Card>
  );
}
