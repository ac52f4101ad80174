import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { toast } from "sonner";
import { useTRPC } from "@/trpc/client.tsx";
import { useFailureText } from "@/trpc/use-failure-text.ts";

/** Syncs one user from Clerk, and says what came of it. */
export function useSyncUser() {
  const t = useTranslations("users");
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const failureText = useFailureText();
  return useMutation(
    trpc.sync.syncUser.mutationOptions({
      async onSuccess({ outcome, conflict }, { id }) {
        toast.success(t(`synced.${outcome}`), { description: conflict ? t("syncedConflict") : id });
        await Promise.all([
          queryClient.invalidateQueries(trpc.sync.user.queryFilter({ id })),
          queryClient.invalidateQueries(trpc.sync.userEffects.queryFilter({ id })),
          queryClient.invalidateQueries(trpc.sync.users.queryFilter()),
          queryClient.invalidateQueries(trpc.sync.events.queryFilter()),
        ]);
      },
      onError(error) {
        const { code, text } = failureText(error);
        toast.error(text, { description: code });
      },
    }),
  );
}
