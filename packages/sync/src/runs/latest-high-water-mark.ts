import { z } from "zod";
import type { Database } from "../database/database.ts";

const markSchema = z.tuple([z.object({ mark: z.number().nullable() })]);

/**
 * Up to where the changes of this instance are known, in ms of Clerk's: an incremental run begins there. Null before the
 * first run. A run that waits for a confirmation has read all changes: it has only not asked who is gone.
 */
export async function latestHighWaterMark(db: Database): Promise<number | null> {
  const rows = await db.$queryRawUnsafe(
    `select (extract(epoch from (select mark from "SyncRun" where state in ('done', 'awaiting_confirmation') and not "dryRun" and mark is not null
       and "instanceId" = (select id from "ClerkInstance") order by "startedAt" desc limit 1)) * 1000)::float8 as mark`,
  );
  return markSchema.parse(rows)[0].mark;
}
