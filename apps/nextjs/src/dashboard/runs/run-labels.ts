import type { RouterOutputs } from "@rollcall/api";
import type { ComponentProps } from "react";
import type { Badge } from "@/components/ui/badge.tsx";
import { formatDay, formatNumber } from "@/lib/format.ts";

export type Run = RouterOutputs["sync"]["run"];
export type RunWindow = Run["windows"][number];
type State = Run["report"]["state"];

/** The input of the list of last runs, shared by the browser and the server's prefetch. */
export const pastRuns = { limit: 10 };

/** The label of each run state. */
export const states: Record<State, { label: string; variant: ComponentProps<typeof Badge>["variant"] }> = {
  planned: { label: "Starting", variant: "secondary" },
  running: { label: "Running", variant: "secondary" },
  awaiting_confirmation: { label: "Awaiting confirmation", variant: "warning" },
  cancelled: { label: "Cancelled", variant: "secondary" },
  failed: { label: "Failed", variant: "destructive" },
  done: { label: "Done", variant: "success" },
};

export const kinds: Record<Run["report"]["kind"], string> = { full: "Full run", incremental: "Changes only" };

export const isActive = ({ report: { state } }: Run): boolean => state === "planned" || state === "running";

export const isWaiting = ({ report: { state } }: Run): boolean => state === "awaiting_confirmation";

/** Out of how many users. An incremental run lists only changes and cannot know how many there are. */
export const totalOf = ({ report, total }: Run): number | null => (report.kind === "full" ? total : null);

/** What a window covers. */
export function windowName({ pass, from, to }: RunWindow, { report }: Run): string {
  switch (pass) {
    case "plan":
      return "Count the users";
    case "walk":
      return `Users created ${stretch(from, to)}`;
    case "changes":
      return report.kind === "full" ? "Changes during the run" : "Changes";
    case "missing":
      return "Users missing at Clerk";
    case "unknown":
      return "A step of a newer version";
  }
}

function stretch(from: Date | null, to: Date | null): string {
  if (from && to) return `${formatDay(from)} to ${formatDay(to)}`;
  if (from) return `since ${formatDay(from)}`;
  return to ? `before ${formatDay(to)}` : "at any time";
}

/** The outcomes of a listed user, in display order. */
export const outcomes = ["created", "updated", "unchanged", "outdated", "deleted", "failed"] as const;

/** As in "1,200 users: 3 updated, 1,197 unchanged, 3 marked as deleted". */
export function summary(run: Run): string {
  const { report } = run;
  const found = outcomes
    .filter((outcome) => report[outcome] > 0)
    .map((outcome) => `${formatNumber(report[outcome])} ${outcome}`);
  if (report.tombstoned > 0) found.push(`${formatNumber(report.tombstoned)} marked as deleted`);
  if (isWaiting(run) && report.missing) found.push(`${formatNumber(report.missing)} not found at Clerk`);
  return `${formatNumber(report.seen)} users${found.length > 0 ? `: ${found.join(", ")}` : ""}`;
}
