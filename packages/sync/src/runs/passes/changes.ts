import { z } from "zod/v4";
import { countUsers, listUsers } from "../../clerk/directory.ts";
import type { Database } from "../../database/database.ts";
import { advance, type Changes, nextRequest } from "../cursors/changes-cursor.ts";
import { highWaterMarkOf } from "../cursors/high-water-mark.ts";
import type { RunKind } from "../report.ts";
import { countLiveUsers } from "../statements/live-users.ts";
import { choose, readPage } from "./page.ts";
import type { PageResult, PassParts } from "./page-result.ts";

/**
 * A page of the changes. After a walk, it reads what changed meanwhile and counts no user: the walk did. In an incremental run it
 * sees no deletions, so it ends by comparing the counts. If there are too many changes to read by offset, a walk over all users
 * replaces it, once per run. The second time, the run is incomplete.
 */
export async function changesPage(
  { changes, afterFallback }: { changes: Changes; afterFallback: boolean },
  kind: RunKind,
  parts: PassParts,
): Promise<PageResult> {
  const { clerk, db, apply, writePath, instanceId } = parts;
  const { users, at } = await listUsers(clerk, nextRequest(changes));
  const page = readPage(users, { instanceId, at }, writePath.readUser);
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
      // The mark is from the first page: a later page's would skip what changed between the two.
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
    case "incomplete": // no mark: the next run starts where this one started
      return { ...result, position: null, run: { incomplete: true } };
  }
}

const liveSchema = z.tuple([z.object({ live: z.number() })]);

async function compareCounts(db: Database, { clerk, instanceId }: PassParts): Promise<NonNullable<PageResult["run"]>> {
  const total = await countUsers(clerk);
  const [{ live }] = liveSchema.parse(await db.query(countLiveUsers, [instanceId]));
  return { total, netDifference: total - live };
}
