import { z } from "zod";
import type { ClerkApi } from "../../clerk/clerk-api.ts";
import type { Database } from "../../database.ts";
import type { Snapshot } from "../../snapshot/snapshot.ts";
import type { Applied } from "../../write-path/outcome.ts";
import type { WritePath } from "../../write-path/write-path.ts";
import type { Held, Step } from "../checkpoint.ts";
import { latestMark } from "../run-store.ts";
import { stepChanges } from "./changes.ts";
import { stepMissing } from "./missing.ts";
import { planFull, planIncremental } from "./plan.ts";
import { stepWalk } from "./walk.ts";

/** What a step works with. */
export interface StepParts {
  db: Database;
  clerk: ClerkApi;
  writePath: WritePath;
  /** Writes a page, or says what writing it would do: that is all that a dry run differs in. */
  apply: (snapshots: readonly Snapshot[]) => Promise<Applied[]>;
  instanceId: string;
}

/** One page further, applied, but not yet counted. */
export async function takeStep({ position, runId, kind }: Held, parts: StepParts): Promise<Step> {
  switch (position.pass) {
    case "plan":
      return kind === "full"
        ? planFull(parts.clerk, parts.instanceId)
        : planIncremental(parts.instanceId, await readMark(parts.db));
    case "walk":
      return stepWalk(position.walk, parts);
    case "changes":
      return stepChanges(position.changes, kind, parts);
    case "missing":
      return stepMissing(runId, position.after, parts);
  }
}

async function readMark(db: Database): Promise<number | null> {
  const rows = await db.$queryRawUnsafe(`select (extract(epoch from ${latestMark}) * 1000)::float8 as mark`);
  return z.array(z.object({ mark: z.number().nullable() })).parse(rows)[0]?.mark ?? null;
}
