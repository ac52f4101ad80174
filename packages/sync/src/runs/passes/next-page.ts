import type { ClaimedWindow } from "../claimed-window.ts";
import { latestHighWaterMark } from "../latest-high-water-mark.ts";
import { changesPage } from "./changes.ts";
import { missingPage } from "./missing.ts";
import type { PageResult, PassParts } from "./page-result.ts";
import { planFallback, planFull, planIncremental } from "./plan.ts";
import { walkPage } from "./walk.ts";

/** Reads and applies the next page. It is not counted yet. */
export async function nextPage({ position, runId, kind }: ClaimedWindow, parts: PassParts): Promise<PageResult> {
  switch (position.pass) {
    case "plan":
      if (position.fallbackFor) return planFallback(parts.clerk, parts.instanceId, position.fallbackFor);
      return kind === "full"
        ? planFull(parts.clerk, parts.instanceId)
        : planIncremental(parts.instanceId, await latestHighWaterMark(parts.db));
    case "walk":
      return walkPage(position, kind, parts);
    case "changes":
      return changesPage(position, kind, parts);
    case "missing":
      return missingPage(runId, position.after, parts);
  }
}
