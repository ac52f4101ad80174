import type { RouterOutputs } from "@rollcall/api";
import type { ComponentProps } from "react";
import type { Badge } from "@/components/ui/badge.tsx";

export type Run = RouterOutputs["sync"]["run"];
export type RunWindow = Run["windows"][number];
export type RunState = Run["report"]["state"];

/** The input of the list of runs, shared by the browser and the server's prefetch. */
export const RUNS_PAGE = { limit: 20 };

export const stateVariants: Record<RunState, ComponentProps<typeof Badge>["variant"]> = {
  planned: "secondary",
  running: "secondary",
  awaiting_confirmation: "warning",
  cancelled: "secondary",
  failed: "destructive",
  done: "success",
};

export const isActiveState = (state: RunState): boolean => state === "planned" || state === "running";
export const isActive = ({ report }: Run): boolean => isActiveState(report.state);

export const isWaiting = ({ report: { state } }: Run): boolean => state === "awaiting_confirmation";

/** Out of how many users. An incremental run lists only changes and cannot know how many there are. */
export const totalOf = ({ report, total }: Run): number | null => (report.kind === "full" ? total : null);

/** The outcomes of a listed user, in display order. */
export const outcomes = ["created", "updated", "unchanged", "outdated", "deleted", "failed"] as const;
