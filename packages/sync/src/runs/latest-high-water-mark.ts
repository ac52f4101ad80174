import { z } from "zod/v4";
import type { Database } from "../database/database.ts";
import { latestMark } from "./statements/read-runs.ts";

const markSchema = z.tuple([z.object({ mark: z.number().nullable() })]);

/**
 * The time up to which this instance's changes are known, in ms on Clerk's clock: an incremental run starts there. Null before
 * the first run. A run that waits for a confirmation has read all changes: it has only not asked about the missing users.
 */
export async function latestHighWaterMark(db: Database): Promise<number | null> {
  const rows = await db.query(latestMark);
  return markSchema.parse(rows)[0].mark;
}
