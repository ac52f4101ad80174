import type { Queries } from "../database/database.ts";
import type { ClaimedWindow } from "./claimed-window.ts";
import type { PageResult } from "./passes/page-result.ts";

// A user who was written a moment ago need not be in a list yet: Clerk's replicas lag.
const WRITTEN_BEFORE = "1 hour";

/** Notes whom a page did not show, and takes those out whom it did. */
export async function keepCandidates(
  transaction: Queries,
  { runId, instanceId }: ClaimedWindow,
  { judge, alive = [] }: PageResult,
): Promise<void> {
  if (judge) {
    await transaction.$executeRawUnsafe(
      `insert into "SyncCandidate" ("runId", "userId")
       select r.id, c.id from "SyncRun" r join "ClerkUser" c on c."instanceId" = $5::text and c."deletedAt" is null
         and c."createdAt" > coalesce(to_timestamp($2::float8 / 1000), '-infinity')
         and c."createdAt" <= coalesce(to_timestamp($3::float8 / 1000), 'infinity')
         and c."syncedAt" < r."startedAt" - interval '${WRITTEN_BEFORE}'
       where r.id = $1::uuid and not exists (select from unnest($4::text[]) as listed (id) where listed.id = c.id)
       on conflict do nothing`,
      runId,
      judge.above,
      judge.upTo,
      judge.alive,
      instanceId,
    );
  }
  if (alive.length > 0) {
    await transaction.$executeRawUnsafe(
      `delete from "SyncCandidate" where "runId" = $1::uuid and "userId" = any($2::text[])`,
      runId,
      alive,
    );
  }
}
