import { CircleCheck, CircleDashed } from "lucide-react";
import { useFormatter, useTranslations } from "next-intl";
import { Progress } from "@/components/ui/progress.tsx";
import { useErrorTexts } from "@/trpc/use-failure-text.ts";
import { isActive, type Run, type RunWindow, totalOf } from "./run-labels.ts";
import { useRunText } from "./use-run-text.ts";

/** The windows of a run, each with its progress. */
export function RunWindows({ run }: { run: Run }) {
  const t = useTranslations("runs.windows");
  const walks = run.windows.filter(({ pass }) => pass === "walk").length;
  const total = totalOf(run);
  // The plan splits windows so that each holds about the same number of users.
  const share = total === null ? null : total / Math.max(1, walks);
  return (
    <details className="text-sm" open={isActive(run) || run.failure !== null}>
      <summary className="w-fit cursor-pointer rounded-sm text-muted-foreground">{t("title")}</summary>
      <ol className="mt-3 grid grid-cols-1 gap-3">
        {run.windows.map((window) => (
          <Window key={window.number} window={window} run={run} share={share} />
        ))}
      </ol>
    </details>
  );
}

function Window({ window, run, share }: { window: RunWindow; run: Run; share: number | null }) {
  const t = useTranslations("runs.windows");
  const texts = useErrorTexts();
  const name = useRunText().windowName(window, run);
  const howFar = useHowFar(window, run);
  return (
    <li className="grid grid-cols-[1rem_1fr] items-start gap-x-2" data-testid="run-window">
      {window.endedAt ? (
        <CircleCheck className="mt-0.5 size-4 text-success" role="img" aria-label={t("done")} />
      ) : (
        <CircleDashed className="mt-0.5 size-4 text-muted-foreground" role="img" aria-label={t("open")} />
      )}
      <div className="grid grid-cols-1 min-w-0 gap-1.5">
        <div className="flex flex-wrap justify-between gap-x-4">
          <span>{name}</span>
          <span className="text-muted-foreground tabular-nums">{howFar}</span>
        </div>
        {window.pass === "walk" && !window.endedAt && isActive(run) && (
          <Progress
            className="h-1"
            aria-label={name}
            value={share === null ? null : Math.min(window.seen, share)}
            max={share || 1}
          />
        )}
        {window.lastError && !window.endedAt && (
          <p className="text-xs text-warning">
            {window.attempts > 0 && t("tried", { count: window.attempts })}
            {texts[window.lastError].message}
          </p>
        )}
      </div>
    </li>
  );
}

function useHowFar({ pass, seen, at, clerkCalls, endedAt }: RunWindow, { report }: Run): string {
  const t = useTranslations();
  const format = useFormatter();
  const users = t("common.users", { count: seen });
  const calls = t("runs.windows.calls", { count: clerkCalls });
  switch (pass) {
    case "walk":
      return at && !endedAt ? t("runs.windows.upTo", { users, day: format.dateTime(at, "day") }) : users;
    case "changes":
      return report.kind === "full" ? calls : users;
    case "missing":
      return t("runs.counts.tombstoned", { count: report.tombstoned });
    case "plan":
    case "unknown":
      return calls;
  }
}
