"use client";

import Link from "next/link";
import { useTranslations } from "next-intl";
import { Card, CardContent } from "@/components/ui/card.tsx";
import { DASHBOARD } from "../pages.ts";
import { RunBar } from "./run-bar.tsx";
import { isActive, isActiveState, isWaiting, type RunState } from "./run-labels.ts";
import { useFollowedRun } from "./use-followed-run.ts";

/** The last run, while it is in progress or waits for an admin. */
export function ActiveRun({ lastRun }: { lastRun: { runId: string; state: RunState } | null }) {
  const t = useTranslations("runs");
  const { data: run } = useFollowedRun(lastRun?.runId, lastRun !== null && isActiveState(lastRun.state));
  if (!run || !(isActive(run) || isWaiting(run))) return null;
  return (
    <Card>
      <CardContent className="grid grid-cols-1 gap-4">
        <RunBar run={run} />
        <Link
          href={`${DASHBOARD}/runs`}
          className="w-fit rounded-sm text-sm text-primary underline-offset-4 hover:underline focus-visible:ring-[3px] focus-visible:ring-ring/50 focus-visible:outline-none"
        >
          {isWaiting(run) ? t("decide") : t("watch")}
        </Link>
      </CardContent>
    </Card>
  );
}
