import { z } from "zod/v4";
import { countUsers, listUsers } from "../../clerk/directory.ts";
import type { Database } from "../../database/database.ts";
import { advance, type Changes, nextRequest } from "../cursors/changes-cursor.ts";
import { highWaterMarkOf } from "../cursors/high-water-mark.ts";
import type { RunKind } from "../report.ts";
import { choose, readPage } from "./page.ts";
import type { PageResult, PassParts } from "./page-result.ts";

/**
 * A page of what has changed. After a walk it closes what that left open, and counts no user: the walk did. By itself it
 * sees no deletions, so it ends by comparing the counts. Where there are too many changes to read them by offset, a walk
 * over everybody takes its place, once a run: a second time the run is incomplete.
 */
export async function changesPage(
  { changes, afterFallback }: { changes: Changes; afterFallback: boolean },
  kind: RunKind,
  parts: PassParts,
): Promise<PageResult> {
  const { clerk, db, apply, instanceId } = parts;
  const { users, at } = await listUsers(clerk, nextRequest(changes));
  const page = readPage(users, { instanceId, at });
  const { apply: changed, count, next } = advance(changes, page, users.length);
  const { snapshots, unusable } = choose(page, changed);
  const applied = [...(await apply(snapshots)), ...unusable];
  const counted = new Set(count.map(({ id }) => id));
  const result = {
    applied: kind === "incremental" && !afterFallback ? applied.filter(({ id }) => counted.has(id)) : [],
    alive: page.map(({ id }) => id),
  };
  switch (next.state) {
    case "open":
      // From the first page on: the time of a later one would leave out what changed between the two.
      return {
        ...result,
        position: {
          pass: "changes",
          afterFallback,
          changes: { ...next.changes, mark: highWaterMarkOf(next.changes.mark, at) },
        },
      };
    case "too_long":
      if (afterFallback) return { ...result, position: null, run: { incomplete: true } };
      return { ...result, position: null, opens: [{ pass: "plan", fallbackFor: next.changes }] };
    case "complete": {
      const compared = kind === "incremental" ? await compareCounts(db, parts) : {};
      return { ...result, position: null, run: { mark: highWaterMarkOf(next.mark, at), ...compared } };
    }
    case "incomplete": // no mark: the next one goes on from where this one began
      return { ...result, position: null, run: { incomplete: true } };
  }
}

const liveSchema = z.tuple([z.object({ live: z.number() })]);

async function compareCounts(db: Database, { clerk, instanceId }: PassParts): Promise<NonNullable<PageResult["run"]>> {
  const total = await countUsers(clerk);
  const [{ live }] = liveSchema.parse(
    await db.query(
      `select count(*)::int as live from rollcall."ClerkUser" where "deletedAt" is null and "instanceId" = $1::text`,
      [instanceId],
    ),
  );
  return { total, netDifference: total - live };
}
