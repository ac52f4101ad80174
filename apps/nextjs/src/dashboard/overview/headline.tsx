"use client";

import type { DirectoryStatus } from "@rollcall/sync";
import { CircleCheck, CircleHelp, TriangleAlert } from "lucide-react";
import { useFormatter, useTranslations } from "next-intl";
import { TimeAgo } from "@/components/time-ago.tsx";
import { cn } from "@/lib/cn.ts";
import { standingOf } from "./standing.ts";

const looks = {
  in_sync: { icon: CircleCheck, color: "text-success", tint: "border-success/25 bg-success/5" },
  differs: { icon: TriangleAlert, color: "text-warning", tint: "border-warning/25 bg-warning/5" },
  unknown: { icon: CircleHelp, color: "text-muted-foreground", tint: "bg-card" },
} as const;

/** Is everyone here? */
export function Headline({ directory }: { directory: DirectoryStatus }) {
  const t = useTranslations("overview");
  const format = useFormatter();
  const standing = standingOf(directory);
  const { icon: Icon, color, tint } = looks[standing.state];
  const problems = () =>
    "problems" in standing
      ? format.list(
          standing.problems.map(({ name, count }) => t(name, { count })),
          { type: "conjunction" },
        )
      : "";
  const sentence = () => {
    switch (standing.state) {
      case "in_sync":
        return t("inSync", { users: standing.users });
      case "unknown":
        return t("unknown", { live: directory.live });
      case "differs":
        return problems();
    }
  };
  return (
    <section aria-label={t("headline")} className={cn("flex gap-4 rounded-xl border px-5 py-5 sm:px-6", tint)}>
      <Icon className={cn("mt-0.5 size-7 shrink-0", color)} aria-hidden="true" />
      <div className="min-w-0">
        <p className="text-xl font-semibold tracking-tight text-balance sm:text-2xl" data-testid="headline">
          {sentence()}
        </p>
        <p className="mt-1 text-sm text-muted-foreground">
          {standing.state === "unknown" && problems() !== "" && `${problems()}. `}
          {directory.lastCheck
            ? t.rich("checked", { time: () => <TimeAgo time={directory.lastCheck?.at ?? directory.countedAt} /> })
            : t("notChecked")}
        </p>
      </div>
    </section>
  );
}
