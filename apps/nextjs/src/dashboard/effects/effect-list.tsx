"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Zap } from "lucide-react";
import { useTranslations } from "next-intl";
import { CursorNav, useCursorPages } from "@/components/cursor-pages.tsx";
import { DataTable } from "@/components/data-table.tsx";
import { FailureAlert } from "@/components/failure-alert.tsx";
import { ListSkeleton } from "@/components/list-skeleton.tsx";
import { Card } from "@/components/ui/card.tsx";
import { Empty, EmptyDescription, EmptyTitle } from "@/components/ui/empty.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import { EffectsBar } from "./effects-bar.tsx";
import { EffectsFacts } from "./effects-facts.tsx";
import { EFFECTS_PAGE, type EffectState } from "./effects-page.ts";
import { useEffectColumns } from "./use-effect-columns.tsx";

// Effects are delivered meanwhile, also those just retried.
const REFRESH_MS = 10_000;

/** What the application does once for its users, as far as it was not delivered. The first due, or the first to die, comes first. */
export function EffectList({ state }: { state: EffectState }) {
  const t = useTranslations("effects");
  const trpc = useTRPC();
  const pages = useCursorPages();
  const columns = useEffectColumns(state);
  const page = useQuery(
    trpc.sync.effects.queryOptions(
      { ...EFFECTS_PAGE, state, ...(pages.cursor !== undefined && { cursor: pages.cursor }) },
      { placeholderData: keepPreviousData, refetchInterval: REFRESH_MS },
    ),
  );
  if (!page.data) {
    return page.error ? <FailureAlert error={page.error} onRetry={() => page.refetch()} /> : <ListSkeleton />;
  }
  const { summary, items, nextCursor } = page.data;
  return (
    <div className="grid gap-4">
      {page.error && <FailureAlert error={page.error} onRetry={() => page.refetch()} />}
      {summary.types.length === 0 ? (
        <Card className="py-0">
          <Empty>
            <Zap aria-hidden="true" />
            <EmptyTitle>{t("noTypes")}</EmptyTitle>
            <EmptyDescription>
              {t.rich("noTypesText", { code: (text) => <code className="text-xs">{text}</code> })}
            </EmptyDescription>
          </Empty>
        </Card>
      ) : (
        <>
          <EffectsFacts summary={summary} />
          <EffectsBar state={state} />
          <Card className="gap-0 overflow-hidden py-0">
            <DataTable
              label={t("list")}
              columns={columns}
              rows={items}
              rowId={({ key }) => key}
              isPending={page.isPlaceholderData}
              empty={
                <Empty>
                  <Zap aria-hidden="true" />
                  <EmptyTitle>{t(`empty.${state}`)}</EmptyTitle>
                  <EmptyDescription>{t(`emptyText.${state}`)}</EmptyDescription>
                </Empty>
              }
            />
          </Card>
          <CursorNav pages={pages} nextCursor={nextCursor} />
        </>
      )}
    </div>
  );
}
