import { z } from "zod/v4";

/** The health of the runs, for a monitor. */
export const runsHealth = z.enum(["ok", "stalled", "awaiting_confirmation", "failed", "overdue"]);
export type RunsHealth = z.infer<typeof runsHealth>;
