import type { Held } from "../held.ts";
import { latestMark } from "../latest-mark.ts";
import { stepChanges } from "./changes.ts";
import { stepMissing } from "./missing.ts";
import { planFallback, planFull, planIncremental } from "./plan.ts";
import type { Step, StepParts } from "./step.ts";
import { stepWalk } from "./walk.ts";

/** One page further, applied, but not yet counted. */
export async function takeStep({ position, runId, kind }: Held, parts: StepParts): Promise<Step> {
  switch (position.pass) {
    case "plan":
      if (position.fallbackFor) return planFallback(parts.clerk, parts.instanceId, position.fallbackFor);
      return kind === "full"
        ? planFull(parts.clerk, parts.instanceId)
        : planIncremental(parts.instanceId, await latestMark(parts.db));
    case "walk":
      return stepWalk(position, kind, parts);
    case "changes":
      return stepChanges(position, kind, parts);
    case "missing":
      return stepMissing(runId, position.after, parts);
  }
}
