import { z } from "zod/v4";
import { positionSchema } from "./cursors/position.ts";
import { countsSchema, runKinds } from "./report.ts";

/** A window as a job found it, and what the job must know of its run. */
export const claimedWindowSchema = z.object({
  runId: z.string(),
  number: z.number(),
  position: positionSchema,
  checkpoint: z.number(),
  attempts: z.number(),
  counts: countsSchema,
  lastError: z.string().nullable(),
  kind: z.enum(runKinds),
  dryRun: z.boolean(),
  instanceId: z.string().nullable(),
  pausedForMs: z.number(),
});
export type ClaimedWindow = z.infer<typeof claimedWindowSchema>;
