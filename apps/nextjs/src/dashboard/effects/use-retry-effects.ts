import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { toast } from "sonner";
import { useTRPC } from "@/trpc/client.tsx";
import { useFailureText } from "@/trpc/use-failure-text.ts";

/** Makes failed effects due now, one or all, and says how many. */
export function useRetryEffects() {
  const t = useTranslations("effects");
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const failureText = useFailureText();
  return useMutation(
    trpc.sync.retryEffect.mutationOptions({
      async onSuccess({ retried }, effect) {
        toast.success(t("retried", { count: retried }), effect ? { description: effect.userId } : {});
        await Promise.all([
          queryClient.invalidateQueries(trpc.sync.effects.queryFilter()),
          queryClient.invalidateQueries(trpc.sync.userEffects.queryFilter()),
        ]);
      },
      onError(error) {
        const { code, text } = failureText(error);
        toast.error(text, { description: code });
      },
    }),
  );
}
