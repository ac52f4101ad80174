"use client";

import { FlaskConical, History, UsersRound } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button.tsx";
import { useStartRun } from "./use-start-run.ts";

/** The runs that an admin can start. */
export function StartRun() {
  const t = useTranslations("runs");
  const start = useStartRun();
  return (
    <>
      <Button onClick={() => start.mutate({ kind: "full" })} disabled={start.isPending}>
        <UsersRound aria-hidden="true" />
        {t("syncAll")}
      </Button>
      <Button variant="outline" onClick={() => start.mutate({ kind: "incremental" })} disabled={start.isPending}>
        <History aria-hidden="true" />
        {t("syncChanges")}
      </Button>
      <Button
        variant="outline"
        onClick={() => start.mutate({ kind: "full", dryRun: true })}
        disabled={start.isPending}
        title={t("dryRunText")}
      >
        <FlaskConical aria-hidden="true" />
        {t("dryRun")}
      </Button>
    </>
  );
}
