import { z } from "zod/v4";
import type { Database } from "../database/database.ts";
import { latestMark } from "./statements/read-runs.ts";

const markSchema = z.tuple([z.object({ mark: z.number().nullable() })]);

/**
 * Up to where the changes of this instance are known, in ms of Clerk's: an incremental run begins there. Null before the
 * first run. A run that waits for a confirmation has read all changes: it has only not asked who is gone.
 */
export async function latestHighWaterMark(db: Database): Promise<number | null> {
  const rows = await db.query(latestMark);
  return markSchema.parse(rows)[0].mark;
}
