import { useQuery } from "@tanstack/react-query";
import { useFormatter, useTranslations } from "next-intl";
import { useMemo } from "react";
import { type Column, DataTable } from "@/components/data-table.tsx";
import { FailureAlert } from "@/components/failure-alert.tsx";
import { DueTime, TimeAgo } from "@/components/time-ago.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { Card, CardDescription, CardHeader, CardTitle } from "@/components/ui/card.tsx";
import { Empty, EmptyDescription, EmptyTitle } from "@/components/ui/empty.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import { EffectKey, LastError } from "../effects/effect-cells.tsx";
import { RetryEffect } from "../effects/retry-effect.tsx";
import type { UserEffect } from "./users-page.ts";

// A pending effect is delivered meanwhile, also one just retried.
const REFRESH_MS = 10_000;

const isPending = ({ done, deadAt }: UserEffect): boolean => !done && deadAt === null;

/** What the application does once for the user, delivered or not. */
export function UserEffects({ id }: { id: string }) {
  const t = useTranslations();
  const trpc = useTRPC();
  const columns = useUserEffectColumns();
  const { data, error, refetch } = useQuery(
    trpc.sync.userEffects.queryOptions(
      { id },
      { refetchInterval: ({ state }) => (state.data?.some(isPending) ? REFRESH_MS : false) },
    ),
  );
  return (
    <Card aria-labelledby="user-effects" className="gap-4 overflow-hidden pb-0">
      <CardHeader>
        <CardTitle id="user-effects">{t("nav.effects")}</CardTitle>
        <CardDescription>{t("user.effectsText")}</CardDescription>
      </CardHeader>
      {error && (
        <div className="px-6 pb-6">
          <FailureAlert error={error} onRetry={() => refetch()} />
        </div>
      )}
      {data ? (
        <DataTable
          label={t("nav.effects")}
          columns={columns}
          rows={data}
          rowId={({ key }) => key}
          empty={
            <Empty className="py-8">
              <EmptyTitle>{t("user.noEffects")}</EmptyTitle>
              <EmptyDescription>{t("user.noEffectsText")}</EmptyDescription>
            </Empty>
          }
        />
      ) : (
        !error && <Skeleton className="mx-6 mb-6 h-16" />
      )}
    </Card>
  );
}

function useUserEffectColumns(): Column<UserEffect>[] {
  const t = useTranslations("effects");
  const format = useFormatter();
  return useMemo(
    () => [
      {
        id: "type",
        header: t("type"),
        cell: ({ row }) => <span className="whitespace-nowrap">{row.original.type}</span>,
      },
      { id: "state", header: t("state"), cell: ({ row }) => <State effect={row.original} /> },
      { id: "changed", header: t("changed"), cell: ({ row }) => <TimeAgo time={row.original.occurredAt} /> },
      {
        id: "attempts",
        header: t("attempts"),
        cell: ({ row }) => <span className="tabular-nums">{format.number(row.original.attempts)}</span>,
      },
      { id: "lastError", header: t("lastError"), cell: ({ row }) => <LastError effect={row.original} /> },
      { id: "key", header: t("key"), cell: ({ row }) => <EffectKey effect={row.original} /> },
      {
        id: "retry",
        header: () => <span className="sr-only">{t("actions")}</span>,
        cell: ({ row: { original: effect } }) => !effect.done && <RetryEffect effect={effect} />,
      },
    ],
    [t, format],
  );
}

/** What became of an effect, and if it was not delivered, when it is due or when it died. */
function State({ effect }: { effect: UserEffect }) {
  const t = useTranslations("effects.states");
  const { done, deadAt, runAt } = effect;
  if (done) return <Badge variant="success">{t("delivered")}</Badge>;
  return (
    <div className="flex flex-col items-start gap-1">
      {deadAt ? <Badge variant="destructive">{t("dead")}</Badge> : <Badge variant="secondary">{t("pending")}</Badge>}
      <span className="text-xs text-muted-foreground">
        {deadAt ? <TimeAgo time={deadAt} /> : t.rich("due", { time: () => <DueTime time={runAt} /> })}
      </span>
    </div>
  );
}
