import { useFormatter, useTranslations } from "next-intl";
import { isWaiting, outcomes, type Run, type RunWindow } from "./run-labels.ts";

/** What runs and their windows are called, in the visitor's language. */
export function useRunText() {
  const t = useTranslations("runs");
  const format = useFormatter();
  const day = (time: Date) => format.dateTime(time, "day");

  function stretch(from: Date | null, to: Date | null): string {
    if (from && to) return t("windows.between", { from: day(from), to: day(to) });
    if (from) return t("windows.since", { from: day(from) });
    return to ? t("windows.before", { to: day(to) }) : t("windows.any");
  }

  return {
    /** What a window covers. */
    windowName({ pass, from, to }: RunWindow, { report }: Run): string {
      switch (pass) {
        case "plan":
          return t("windows.plan");
        case "walk":
          return stretch(from, to);
        case "changes":
          return report.kind === "full" ? t("windows.changesDuring") : t("windows.changes");
        case "missing":
          return t("windows.missing");
        case "unknown":
          return t("windows.unknown");
      }
    },

    /** As in "3 updated, 1,197 unchanged, 3 marked as deleted". */
    summary(run: Run): string {
      const { report } = run;
      const parts = outcomes
        .filter((outcome) => report[outcome] > 0)
        .map((outcome) => t(`counts.${outcome}`, { count: report[outcome] }));
      if (report.tombstoned > 0) parts.push(t("counts.tombstoned", { count: report.tombstoned }));
      if (isWaiting(run) && report.missing) parts.push(t("counts.missing", { count: report.missing }));
      return parts.length > 0 ? format.list(parts, { type: "unit" }) : t("counts.nothing");
    },

    /** Who started it. */
    starter(startedBy: string): string {
      if (startedBy === "cron") return t("bySchedule");
      return startedBy.startsWith("user_") ? t("byAdmin") : t("byCommand", { command: startedBy });
    },
  };
}
