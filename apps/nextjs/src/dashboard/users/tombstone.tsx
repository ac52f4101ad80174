import type { TombstoneDetails } from "@rollcall/sync";
import { UserRoundX } from "lucide-react";
import { useTranslations } from "next-intl";
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
import { useSyncUser } from "./use-sync-user.ts";

/** Why a user counts as deleted, and how to lift that if Clerk still knows them. */
export function Tombstone({ id, tombstone }: { id: string; tombstone: TombstoneDetails }) {
  const t = useTranslations("user.tombstone");
  const sync = useSyncUser();
  return (
    <Alert data-testid="tombstone">
      <UserRoundX aria-hidden="true" />
      <AlertTitle>{t.rich(tombstone.deletedBy, { time: () => <TimeAgo time={tombstone.deletedAt} /> })}</AlertTitle>
      <AlertDescription>
        <p>{t(`removedBy.${tombstone.removedBy}`)}</p>
        <AlertDialog>
          <AlertDialogTrigger asChild>
            <Button variant="outline" className="mt-2 text-foreground" disabled={sync.isPending}>
              {t("revive")}
            </Button>
          </AlertDialogTrigger>
          <AlertDialogContent>
            <AlertDialogHeader>
              <AlertDialogTitle>{t("question")}</AlertDialogTitle>
              <AlertDialogDescription>{t("consequence")}</AlertDialogDescription>
            </AlertDialogHeader>
            <AlertDialogFooter>
              <AlertDialogCancel>{t("keep")}</AlertDialogCancel>
              <AlertDialogAction variant="default" onClick={() => sync.mutate({ id, revive: true })}>
                {t("confirm")}
              </AlertDialogAction>
            </AlertDialogFooter>
          </AlertDialogContent>
        </AlertDialog>
      </AlertDescription>
    </Alert>
  );
}
