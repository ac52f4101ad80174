import { z } from "zod/v4";
import { ASKED_AT_ONCE, askForUsers } from "../clerk/ask-for-users.ts";
import type { ClerkApi } from "../clerk/clerk-api.ts";
import { later } from "../clerk/get-user.ts";
import type { Database } from "../database/database.ts";
import type { ApplicationTables } from "../database/tables.ts";
import { names } from "../write-path/statements/names.ts";
import type { WritePath } from "../write-path/write-path.ts";

export interface PruneOptions {
  /** Decides whether the users that Clerk denies become tombstones. It gets all their ids, in order. */
  confirm: (denied: readonly string[]) => boolean | Promise<boolean>;
  /** Called after every ten users with the number asked so far. */
  onProgress?: (asked: number) => void;
}

export interface Pruned {
  /** Rows that were not synced yet. */
  asked: number;
  /** Users that Clerk knows: they are synced now. */
  known: number;
  /** Users that Clerk does not know. */
  denied: number;
  /** Denied users that became tombstones: all of them, or none if that was not confirmed. */
  tombstoned: number;
  /** Users about which Clerk's answer could not be used, or whose data was refused: their rows stay as they are. */
  unclear: number;
}

export interface PruneParts {
  db: Database;
  tables: ApplicationTables;
  clerk: ClerkApi;
  instanceId: () => Promise<string>;
  writePath: Pick<WritePath, "applySnapshots" | "applyDeletions" | "readUser">;
}

const idRows = z.array(z.object({ id: z.string() }));

/**
 * Asks Clerk about each row that has a Clerk id and was never synced. Syncs the users that Clerk knows. The others become
 * tombstones if `confirm` says so.
 *
 * @throws SyncError; what was synced before stays, and a second call continues with the rest
 */
export async function prune(
  { db, tables, clerk, instanceId, writePath }: PruneParts,
  { confirm, onProgress }: PruneOptions,
): Promise<Pruned> {
  const instance = await instanceId();
  const statement = unsyncedStatement(tables);
  const denied: string[] = [];
  let deniedAt: Date | null = null;
  let asked = 0;
  let known = 0;
  for (let after = ""; ; ) {
    const ids = idRows.parse(await db.query(statement, [after, ASKED_AT_ONCE])).map(({ id }) => id);
    const last = ids.at(-1);
    if (last === undefined) break;
    const answers = await askForUsers(clerk, ids, instance, writePath.readUser);
    const applied = await writePath.applySnapshots(answers.found, { touch: true });
    known += applied.filter(({ outcome }) => outcome !== "failed").length;
    denied.push(...answers.denied);
    deniedAt = later(deniedAt, answers.deniedAt);
    asked += ids.length;
    after = last;
    onProgress?.(asked);
  }
  const counts = { asked, known, denied: denied.length, unclear: asked - known - denied.length };
  if (denied.length === 0 || !(await confirm(denied))) return { ...counts, tombstoned: 0 };
  const by = { instanceId: instance, deletedBy: "run", checkedAt: deniedAt } as const;
  let tombstoned = 0;
  for (let at = 0; at < denied.length; at += PAGE) {
    const applied = await writePath.applyDeletions(denied.slice(at, at + PAGE), by);
    tombstoned += applied.filter(({ outcome }) => outcome === "deleted").length;
  }
  return { ...counts, tombstoned };
}

// Each page is one transaction under the advisory lock, which implicit syncs of contested addresses wait for.
const PAGE = 500;

/** Rows with a Clerk id that were never synced, in the order of their ids. Parameters: the last id seen, and how many. */
const unsyncedStatement = (tables: ApplicationTables): string => {
  const { users, key, isClerks } = names(tables);
  return `select u.${key} as id
from ${users} u
where u.${key} > $1::text
  and ${isClerks("u")}
  and not exists (select from rollcall."ClerkUser" c where c.id = u.${key})
order by u.${key}
limit $2::int`;
};
