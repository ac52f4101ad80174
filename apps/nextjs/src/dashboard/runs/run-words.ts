import type { RouterOutputs } from "@rollcall/api";
import type { ComponentProps } from "react";
import type { Badge } from "@/components/ui/badge.tsx";
import { formatDay, formatNumber } from "@/lib/format.ts";

export type Run = RouterOutputs["sync"]["run"];
export type RunWindow = Run["windows"][number];
type State = Run["report"]["state"];

/** What the list of the last runs asks for, in the browser and where the server has it ready. */
export const pastRuns = { limit: 10 };

/** What a run's state is called. */
export const states: Record<State, { label: string; variant: ComponentProps<typeof Badge>["variant"] }> = {
  planned: { label: "Starting", variant: "secondary" },
  running: { label: "Running", variant: "secondary" },
  awaiting_confirmation: { label: "Awaits confirmation", variant: "warning" },
  cancelled: { label: "Cancelled", variant: "secondary" },
  failed: { label: "Failed", variant: "destructive" },
  done: { label: "Done", variant: "success" },
};

export const kinds: Record<Run["report"]["kind"], string> = { full: "Full run", incremental: "Changes only" };

export const isActive = ({ report: { state } }: Run): boolean => state === "planned" || state === "running";

export const isWaiting = ({ report: { state } }: Run): boolean => state === "awaiting_confirmation";

/** Of how many users: an incremental run lists those alone who have changed, and cannot know how many. */
export const totalOf = ({ report, total }: Run): number | null => (report.kind === "full" ? total : null);

/** What a window is about. */
export function windowName({ pass, from, to }: RunWindow, { report }: Run): string {
  switch (pass) {
    case "plan":
      return "How many users there are";
    case "walk":
      return `Users created ${stretch(from, to)}`;
    case "changes":
      return report.kind === "full" ? "What changed meanwhile" : "What has changed";
    case "missing":
      return "Who is gone at Clerk";
    case "unknown":
      return "A step of a newer version";
  }
}

function stretch(from: Date | null, to: Date | null): string {
  if (from && to) return `${formatDay(from)} to ${formatDay(to)}`;
  if (from) return `since ${formatDay(from)}`;
  return to ? `before ${formatDay(to)}` : "at any time";
}

/** What may become of a listed user, in the order in which it is told. */
export const outcomes = ["created", "updated", "unchanged", "outdated", "deleted", "failed"] as const;

/** As in "1,200 users: 3 updated, 1,197 unchanged, 3 marked deleted". */
export function summary(run: Run): string {
  const { report } = run;
  const found = outcomes
    .filter((outcome) => report[outcome] > 0)
    .map((outcome) => `${formatNumber(report[outcome])} ${outcome}`);
  if (report.tombstoned > 0) found.push(`${formatNumber(report.tombstoned)} marked deleted`);
  if (isWaiting(run) && report.missing) found.push(`${formatNumber(report.missing)} not found at Clerk`);
  return `${formatNumber(report.seen)} users${found.length > 0 ? `: ${found.join(", ")}` : ""}`;
}
