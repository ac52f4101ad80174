"use client";

import { useMutation } from "@tanstack/react-query";
import { CircleStop } from "lucide-react";
import { Button } from "@/components/ui/button.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import { FailureAlert } from "../failure-alert.tsx";
import type { Run } from "./run-labels.ts";

/** Ends a run after the current page. Synced rows stay. */
export function CancelRun({ runId, onCancelled }: { runId: string; onCancelled: (run: Run) => void }) {
  const trpc = useTRPC();
  const cancel = useMutation(trpc.sync.cancelRun.mutationOptions({ onSuccess: onCancelled }));
  return (
    <>
      <Button variant="outline" onClick={() => cancel.mutate({ runId })} disabled={cancel.isPending}>
        <CircleStop aria-hidden="true" />
        {cancel.isPending ? "Cancelling…" : "Cancel run"}
      </Button>
      {cancel.error && <FailureAlert error={cancel.error} />}
    </>
  );
}
