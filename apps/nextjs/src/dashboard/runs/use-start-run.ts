import { useMutation, useQueryClient } from "@tanstack/react-query";
import { usePathname, useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { toast } from "sonner";
import { useTRPC } from "@/trpc/client.tsx";
import { useFailureText } from "@/trpc/use-failure-text.ts";
import { DASHBOARD } from "../pages.ts";

const RUNS = `${DASHBOARD}/runs`;

/** Starts a run, or joins the one in progress, and shows it. */
export function useStartRun() {
  const t = useTranslations("runs");
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const router = useRouter();
  const pathname = usePathname();
  const failureText = useFailureText();
  return useMutation(
    trpc.sync.syncAll.mutationOptions({
      async onSuccess({ runId, joined }) {
        if (joined) toast.info(t("joined"));
        // It may be a run that the page knows: a failed one resumes.
        await Promise.all([
          queryClient.invalidateQueries(trpc.sync.run.queryFilter({ runId })),
          queryClient.invalidateQueries(trpc.sync.runs.queryFilter()),
        ]);
        if (pathname !== RUNS) router.push(RUNS);
      },
      onError(error) {
        const { code, text } = failureText(error);
        toast.error(text, { description: code });
      },
    }),
  );
}
