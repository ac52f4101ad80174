"use client";

import type { DirectoryStatus } from "@rollcall/sync";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useFormatter, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { TimeAgo } from "@/components/time-ago.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { cn } from "@/lib/cn.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { EFFECTS_SUMMARY, effectsHref } from "../effects/effects-page.ts";
import { useOutcomeName } from "../events/use-outcome-name.ts";
import { DASHBOARD } from "../pages.ts";
import { stateVariants } from "../runs/run-labels.ts";

const REFRESH_MS = 60_000;

/** When changes last came in, by each way, and what is wrong with the setup. */
export function DirectoryFacts({ directory }: { directory: DirectoryStatus }) {
  const t = useTranslations();
  const format = useFormatter();
  const outcomeName = useOutcomeName();
  const trpc = useTRPC();
  const check = useQuery(trpc.sync.check.queryOptions());
  const effects = useQuery(trpc.sync.effects.queryOptions(EFFECTS_SUMMARY, { refetchInterval: REFRESH_MS })).data
    ?.summary;
  const handlesEffects = effects !== undefined && effects.types.length > 0;
  const { lastWebhook, lastRun, lastCheck } = directory;
  const reports = check.data?.reports ?? [];
  const findings = reports.filter(({ status }) => status === "finding");
  // Many reads that find changes without a webhook: it does not work. A quiet one has nothing to deliver.
  const isDead = findings.some(({ id }) => id === "deliveries");
  return (
    <div className={cn("grid grid-cols-1 gap-4 sm:grid-cols-2", handlesEffects ? "xl:grid-cols-5" : "xl:grid-cols-4")}>
      <FactCard title={t("overview.lastWebhook")} href={`${DASHBOARD}/events?source=webhook`}>
        {lastWebhook ? <TimeAgo time={lastWebhook.at} /> : t("common.never")}
        <Note>
          {isDead ? (
            <Badge variant="destructive" data-testid="webhook-dead">
              {t("overview.webhookDead")}
            </Badge>
          ) : lastWebhook ? (
            `${lastWebhook.type}, ${outcomeName(lastWebhook.outcome)}`
          ) : (
            t("overview.noWebhook")
          )}
        </Note>
      </FactCard>
      <FactCard
        title={t("overview.lastRun")}
        href={lastRun ? `${DASHBOARD}/runs/${lastRun.runId}` : `${DASHBOARD}/runs`}
      >
        {lastRun ? <TimeAgo time={lastRun.endedAt ?? lastRun.startedAt} /> : t("common.never")}
        <Note>
          {lastRun ? (
            <>
              <Badge variant={stateVariants[lastRun.state]}>{t(`runs.states.${lastRun.state}`)}</Badge>{" "}
              {t("common.users", { count: lastRun.seen })}
            </>
          ) : (
            t("overview.noRun")
          )}
        </Note>
      </FactCard>
      <FactCard title={t("overview.lastFullCheck")} href={`${DASHBOARD}/runs`}>
        {lastCheck ? <TimeAgo time={lastCheck.at} /> : t("common.never")}
        <Note>{lastCheck ? t("overview.foundMissing", { count: lastCheck.missing }) : t("overview.noFullCheck")}</Note>
      </FactCard>
      <FactCard title={t("overview.setup")} href={`${DASHBOARD}/check`}>
        {check.data ? (
          findings.length === 0 ? (
            t("overview.setupRight")
          ) : (
            t("overview.findings", { count: findings.length })
          )
        ) : check.error ? (
          t("common.unknown")
        ) : (
          <Skeleton className="h-6 w-28" />
        )}
        <Note>
          {check.data ? (
            t("overview.checks", { count: format.number(reports.length) })
          ) : check.error ? (
            t("common.failed")
          ) : (
            <Skeleton className="h-4 w-20" />
          )}
        </Note>
      </FactCard>
      {handlesEffects && (
        <FactCard title={t("nav.effects")} href={effectsHref(effects.dead > 0 ? "dead" : "pending")}>
          {t("overview.pendingEffects", { count: effects.pending })}
          <Note>
            {effects.dead > 0 ? (
              <Badge variant="destructive" data-testid="dead-effects">
                {t("overview.deadEffects", { count: effects.dead })}
              </Badge>
            ) : (
              t("overview.noDeadEffects")
            )}
          </Note>
        </FactCard>
      )}
    </div>
  );
}

function FactCard({ title, href, children }: { title: string; href: string; children: ReactNode }) {
  return (
    <section className="relative rounded-xl border bg-card px-5 py-4 shadow-xs has-[a:hover]:bg-accent/60 sm:max-xl:last:odd:col-span-2">
      <h2 className="text-sm text-muted-foreground">
        <Link
          href={href}
          className="outline-none after:absolute after:inset-0 after:rounded-xl focus-visible:after:ring-[3px] focus-visible:after:ring-ring/50"
        >
          {title}
        </Link>
      </h2>
      <div className="mt-1 font-medium">{children}</div>
    </section>
  );
}

const Note = ({ children }: { children: ReactNode }) => (
  <div className="mt-1 flex min-h-6 flex-wrap items-center gap-1.5 text-xs font-normal text-muted-foreground">
    {children}
  </div>
);
