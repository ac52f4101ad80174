import { openChanges } from "../cursors/changes-cursor.ts";
import type { Position } from "../cursors/position.ts";
import type { RunKind } from "../report.ts";

/** What follows when a window has ended: nothing while others are open, the next pass, or the run's end. */
export type NextPass =
  | { next: "others" }
  | { next: "windows"; positions: readonly Position[] }
  | { next: "confirmation" }
  | { next: "done" };

/** The state of the whole run when its last open window ends. */
export interface Standing {
  kind: RunKind;
  dryRun: boolean;
  confirmed: boolean;
  openWindows: number;
  candidates: number;
  /** Live users of the instance. */
  live: number;
  mark: number | null;
}

/**
 * A run's passes in order: plan, then the walks, then the changes made meanwhile, then the missing users one by one. A pass over
 * the changes that is too long is followed by a fallback: plan, walks and changes once more. A guard protects the last pass: a
 * wrong list must not delete more than a few users without a confirmation.
 */
export function nextPass(ended: Position, opens: readonly Position[], standing: Standing): NextPass {
  const { kind, dryRun, confirmed, openWindows, candidates, live, mark } = standing;
  if (openWindows > 0) return { next: "others" };
  switch (ended.pass) {
    case "plan":
      return { next: "windows", positions: opens };
    case "walk":
      return { next: "windows", positions: [closingPass(ended.fallbackFor !== undefined, mark)] };
    case "changes":
      if (opens.length > 0) return { next: "windows", positions: opens };
      if (kind === "incremental" || candidates === 0 || dryRun) return { next: "done" };
      if (!confirmed && isSuspicious(candidates, live)) return { next: "confirmation" };
      return { next: "windows", positions: [{ pass: "missing", after: "" }] };
    case "missing":
      return { next: "done" };
  }
}

const closingPass = (afterFallback: boolean, mark: number | null): Position => ({
  pass: "changes",
  changes: openChanges(mark),
  afterFallback,
});

/**
 * More than 20 and more than 5 % of the live users, or half of them or more: a wrong key is more likely than so many deletions.
 */
export const isSuspicious = (candidates: number, live: number): boolean =>
  (candidates > 20 && candidates > live * 0.05) || candidates * 2 >= live;
