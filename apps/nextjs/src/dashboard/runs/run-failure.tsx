import { CircleAlert } from "lucide-react";
import { useTranslations } from "next-intl";
import { Alert, AlertDescription, AlertTitle } from "@/components/ui/alert.tsx";
import { useErrorTexts } from "@/trpc/use-failure-text.ts";
import type { Run } from "./run-labels.ts";
import { useRunText } from "./use-run-text.ts";

/** Why a run failed, in which window, and what to do. Nothing for a run that did not fail. */
export function RunFailure({ run }: { run: Run }) {
  const t = useTranslations("runs.failure");
  const texts = useErrorTexts();
  const { windowName } = useRunText();
  const { failure, windows } = run;
  if (!failure) return null;
  const window = windows.find(({ number }) => number === failure.window);
  const { message, hint } = failure.code
    ? texts[failure.code]
    : { message: t("noErrorMessage"), hint: t("noErrorHint") };
  return (
    <Alert variant="destructive" data-testid="run-failure">
      <CircleAlert aria-hidden="true" />
      <AlertTitle>{message}</AlertTitle>
      <AlertDescription>
        <p>
          {hint} {t("resume")}
        </p>
        <p className="text-xs">
          {window && t("window", { name: windowName(window, run) })}
          {failure.code && <span className="ml-2 font-mono">{failure.code}</span>}
        </p>
      </AlertDescription>
    </Alert>
  );
}
