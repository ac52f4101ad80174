import Link from "next/link";
import { useFormatter, useTranslations } from "next-intl";
import { useMemo } from "react";
import type { Column } from "@/components/data-table.tsx";
import { DueTime, TimeAgo } from "@/components/time-ago.tsx";
import { DASHBOARD } from "../pages.ts";
import { EffectKey, LastError } from "./effect-cells.tsx";
import type { Effect, EffectState } from "./effects-page.ts";
import { RetryEffect } from "./retry-effect.tsx";

/** The columns of the list of effects. */
export function useEffectColumns(state: EffectState): Column<Effect>[] {
  const t = useTranslations("effects");
  const format = useFormatter();
  return useMemo(
    () => [
      {
        id: "type",
        header: t("type"),
        cell: ({ row }) => <span className="whitespace-nowrap">{row.original.type}</span>,
      },
      {
        id: "user",
        header: t("user"),
        cell: ({ row: { original: effect } }) => (
          <Link
            href={`${DASHBOARD}/users/${effect.userId}`}
            className="rounded-sm font-mono text-xs underline-offset-4 outline-none hover:underline focus-visible:ring-[3px] focus-visible:ring-ring/50"
          >
            {effect.userId}
          </Link>
        ),
      },
      {
        id: "key",
        header: t("key"),
        cell: ({ row }) => <EffectKey effect={row.original} />,
      },
      {
        id: "attempts",
        header: t("attempts"),
        cell: ({ row }) => <span className="tabular-nums">{format.number(row.original.attempts)}</span>,
      },
      {
        id: "time",
        header: t(state === "dead" ? "died" : "due"),
        cell: ({ row: { original: effect } }) =>
          effect.deadAt ? <TimeAgo time={effect.deadAt} /> : <DueTime time={effect.runAt} />,
      },
      {
        id: "lastError",
        header: t("lastError"),
        cell: ({ row }) => <LastError effect={row.original} />,
      },
      {
        id: "retry",
        header: () => <span className="sr-only">{t("actions")}</span>,
        cell: ({ row }) => <RetryEffect effect={row.original} />,
      },
    ],
    [t, state],
  );
}
