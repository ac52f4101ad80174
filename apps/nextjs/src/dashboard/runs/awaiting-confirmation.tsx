"use client";

import { useMutation } from "@tanstack/react-query";
import { UserRoundX } from "lucide-react";
import { useTranslations } from "next-intl";
import { toast } from "sonner";
import { TimeAgo } from "@/components/time-ago.tsx";
import {
  AlertDialog,
  AlertDialogAction,
  AlertDialogCancel,
  AlertDialogContent,
  AlertDialogDescription,
  AlertDialogFooter,
  AlertDialogHeader,
  AlertDialogTitle,
  AlertDialogTrigger,
} from "@/components/ui/alert-dialog.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import { useFailureText } from "@/trpc/use-failure-text.ts";
import { CancelRun, useShowRun } from "./cancel-run.tsx";
import { MissingUsers } from "./missing-users.tsx";
import type { Run } from "./run-labels.ts";

/** A run that found so many missing users that a person must confirm it, and who they are. */
export function AwaitingConfirmation({ run }: { run: Run }) {
  const t = useTranslations("runs.confirm");
  const trpc = useTRPC();
  const failureText = useFailureText();
  const showRun = useShowRun();
  const confirm = useMutation(
    trpc.sync.confirmDeletions.mutationOptions({
      onSuccess: showRun,
      onError: (error) => toast.error(failureText(error).text),
    }),
  );
  const { runId, missing } = run.report;
  const count = missing ?? 0;
  return (
    <Card className="border-warning/40" aria-labelledby="awaiting-confirmation" data-testid="awaiting-confirmation">
      <CardHeader>
        <CardTitle id="awaiting-confirmation" className="flex items-center gap-2 leading-snug text-warning">
          <UserRoundX className="size-5 shrink-0" aria-hidden="true" />
          {t("title", { count })}
        </CardTitle>
        <CardDescription className="max-w-3xl text-pretty">
          {t.rich("text", { count: run.report.seen, time: () => <TimeAgo time={run.startedAt} /> })}
        </CardDescription>
      </CardHeader>
      <CardContent className="grid grid-cols-1 gap-5">
        <div className="flex flex-wrap gap-2">
          <AlertDialog>
            <AlertDialogTrigger asChild>
              <Button variant="destructive" disabled={confirm.isPending}>
                {t("open")}
              </Button>
            </AlertDialogTrigger>
            <AlertDialogContent>
              <AlertDialogHeader>
                <AlertDialogTitle>{t("question", { count })}</AlertDialogTitle>
                <AlertDialogDescription>{t("consequence")}</AlertDialogDescription>
              </AlertDialogHeader>
              <AlertDialogFooter>
                <AlertDialogCancel>{t("keep")}</AlertDialogCancel>
                <AlertDialogAction onClick={() => confirm.mutate({ runId })}>{t("delete")}</AlertDialogAction>
              </AlertDialogFooter>
            </AlertDialogContent>
          </AlertDialog>
          <CancelRun runId={runId} />
        </div>
        <MissingUsers runId={runId} />
      </CardContent>
    </Card>
  );
}
