"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { FailureAlert } from "@/components/failure-alert.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import { useErrorTexts } from "@/trpc/use-failure-text.ts";
import { DASHBOARD } from "../pages.ts";
import { SyncUser } from "../users/sync-user.tsx";
import { isActive, type Run } from "./run-labels.ts";

const POLL_MS = 5_000;

/** The users that a run could not sync, by reason. Nothing for a run without any. */
export function RunErrors({ run }: { run: Run }) {
  const t = useTranslations("runs.errors");
  const texts = useErrorTexts();
  const trpc = useTRPC();
  const { runId, failed } = run.report;
  const errors = useQuery(
    trpc.sync.runErrors.queryOptions(
      { runId },
      { enabled: failed > 0, refetchInterval: isActive(run) ? POLL_MS : false },
    ),
  );
  if (failed === 0) return null;
  if (errors.error) return <FailureAlert error={errors.error} onRetry={() => errors.refetch()} />;
  return (
    <Card aria-labelledby="run-errors">
      <CardHeader>
        <CardTitle id="run-errors">{t("title", { count: failed })}</CardTitle>
        <CardDescription>{t("text")}</CardDescription>
      </CardHeader>
      <CardContent className="grid grid-cols-1 gap-6">
        {errors.data?.byReason.map(({ code, reason, users }) => (
          <section key={`${code} ${reason}`} className="grid grid-cols-1 gap-2">
            <h3 className="flex flex-wrap items-center gap-2 text-sm font-medium">
              <Badge variant="destructive">{t("users", { count: users })}</Badge>
              {texts[code].message}
            </h3>
            <p className="text-sm text-muted-foreground">
              {reason} <span className="font-mono text-xs">{code}</span>
            </p>
            <ul className="divide-y rounded-lg border text-sm">
              {errors.data.items
                .filter((item) => item.code === code && item.reason === reason)
                .map(({ userId }) => (
                  <li key={userId} className="flex flex-wrap items-center justify-between gap-2 px-3 py-2">
                    <Link
                      href={`${DASHBOARD}/users/${userId}`}
                      className="rounded-sm font-mono text-xs break-all underline-offset-4 outline-none hover:underline focus-visible:ring-[3px] focus-visible:ring-ring/50"
                    >
                      {userId}
                    </Link>
                    <SyncUser id={userId} />
                  </li>
                ))}
            </ul>
          </section>
        ))}
      </CardContent>
    </Card>
  );
}
