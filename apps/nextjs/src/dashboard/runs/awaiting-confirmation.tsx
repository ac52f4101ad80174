"use client";

import { useMutation } from "@tanstack/react-query";
import { UserRoundX } from "lucide-react";
import { TimeAgo } from "@/components/time-ago.tsx";
import { Alert, AlertDescription, AlertTitle } from "@/components/ui/alert.tsx";
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
import { formatCount, formatNumber } from "@/lib/format.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { FailureAlert } from "../failure-alert.tsx";
import { CancelRun } from "./cancel-run.tsx";
import type { Run } from "./run-labels.ts";

interface Props {
  run: Run;
  /** Live users here. */
  live: number;
  onDecided: (run: Run) => void;
}

/** A run that found so many missing users that a person must confirm it. */
export function AwaitingConfirmation({ run, live, onDecided }: Props) {
  const trpc = useTRPC();
  const confirm = useMutation(trpc.sync.confirmDeletions.mutationOptions({ onSuccess: onDecided }));
  const { runId, missing } = run.report;
  const users = formatCount(missing ?? 0, "user");
  return (
    <Alert variant="warning" data-testid="awaiting-confirmation">
      <UserRoundX aria-hidden="true" />
      <AlertTitle>{users} would be marked as deleted</AlertTitle>
      <AlertDescription>
        <p>
          A run that started <TimeAgo time={run.startedAt} /> did not find them at Clerk. Your database has{" "}
          {formatNumber(live)} live users, so that is more than usual: a wrong key, or an error at Clerk, looks the
          same. Nothing happens to them before an admin confirms.
        </p>
        <div className="mt-2 flex flex-wrap gap-2 text-foreground">
          <AlertDialog>
            <AlertDialogTrigger asChild>
              <Button variant="destructive" disabled={confirm.isPending}>
                {confirm.isPending ? "Confirming…" : "Confirm deletions…"}
              </Button>
            </AlertDialogTrigger>
            <AlertDialogContent>
              <AlertDialogHeader>
                <AlertDialogTitle>Mark {users} as deleted?</AlertDialogTitle>
                <AlertDialogDescription>
                  Out of {formatNumber(live)} live users. Rollcall asks Clerk about each of them by id once more. Users
                  that Clerk does not know are marked as deleted, and their name, email address and picture are removed
                  here. Compare the numbers with Clerk’s dashboard first.
                </AlertDialogDescription>
              </AlertDialogHeader>
              <AlertDialogFooter>
                <AlertDialogCancel>Keep them</AlertDialogCancel>
                <AlertDialogAction onClick={() => confirm.mutate({ runId })}>Mark as deleted</AlertDialogAction>
              </AlertDialogFooter>
            </AlertDialogContent>
          </AlertDialog>
          <CancelRun runId={runId} onCancelled={onDecided} />
        </div>
        {confirm.error && <FailureAlert error={confirm.error} />}
      </AlertDescription>
    </Alert>
  );
}
