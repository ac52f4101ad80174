"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleStop } from "lucide-react";
import { useTranslations } from "next-intl";
import { toast } from "sonner";
import { Button } from "@/components/ui/button.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import { useFailureText } from "@/trpc/use-failure-text.ts";
import type { Run } from "./run-labels.ts";

/** Ends a run after the current page. Synced rows stay. */
export function CancelRun({ runId }: { runId: string }) {
  const t = useTranslations("runs");
  const trpc = useTRPC();
  const failureText = useFailureText();
  const showRun = useShowRun();
  const cancel = useMutation(
    trpc.sync.cancelRun.mutationOptions({
      onSuccess: showRun,
      onError: (error) => toast.error(failureText(error).text),
    }),
  );
  return (
    <Button variant="outline" onClick={() => cancel.mutate({ runId })} disabled={cancel.isPending}>
      <CircleStop aria-hidden="true" />
      {t("cancel")}
    </Button>
  );
}

/** @returns a function that shows a run that a mutation has just returned */
export function useShowRun(): (run: Run) => Promise<void> {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return async (run) => {
    queryClient.setQueryData(trpc.sync.run.queryKey({ runId: run.report.runId }), run);
    await Promise.all([
      queryClient.invalidateQueries(trpc.sync.runs.queryFilter()),
      queryClient.invalidateQueries(trpc.sync.status.queryFilter()),
    ]);
  };
}
