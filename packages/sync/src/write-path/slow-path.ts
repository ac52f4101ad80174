import type { Queries } from "../database/database.ts";
import { type Applied, unlinked } from "./outcome.ts";
import {
  lockOwnersStatement,
  lockStatement,
  ownerRows,
  projectedRows,
  recordedRow,
  shownRows,
} from "./statements/contended.ts";
import type { WriteStatements } from "./statements/write-statements.ts";

export interface SlowPathParts {
  statements: WriteStatements;
  /** The users that the caller expects a result for. */
  asked: readonly string[];
  /** Writes `ClerkUser`: `record` or `insertTombstones`. */
  record: (transaction: Queries) => Promise<unknown[]>;
  /** The last parameter of a statement that may insert rows, if the application makes ids itself. */
  newIds: (users: readonly unknown[]) => string[];
}

/**
 * One transaction at a time over the whole database. Without the lock, a user who gives an address up and one who loses
 * a claim to it can miss each other, and the address ends at no user or at the wrong one.
 */
export async function writeUnderLock(
  transaction: Queries,
  { statements: { shownBefore, release, project, updatedEffects }, asked, record, newIds }: SlowPathParts,
): Promise<Applied[]> {
  await transaction.query(lockStatement);
  // A separate statement: under READ COMMITTED it sees what was committed while the lock was waited for.
  const [recorded] = recordedRow.parse(await record(transaction));
  // As in the fast path: first the user in ClerkUser, then the application's row. Otherwise the two would deadlock.
  const former = ownerRows.parse(await transaction.query(lockOwnersStatement, [recorded.addresses]));
  const touched = [...recorded.recorded, ...former.map(({ id }) => id)];
  const before = shownRows.parse(await transaction.query(shownBefore, [recorded.addresses, touched]));
  await transaction.query(release, [recorded.addresses]);
  // Again: while the release waited for a row, the fast path may have committed the first claim on its address.
  const owners = ownerRows.parse(await transaction.query(lockOwnersStatement, [recorded.addresses]));
  const projected = [...recorded.ids, ...owners.map(({ id }) => id)];
  const refused = new Set(recorded.unlinked);
  const expected = asked.filter((id) => !refused.has(id));
  const rows = projectedRows.parse(
    await transaction.query(project, [projected, recorded.addresses, expected, ...newIds(projected)]),
  );
  const written = new Set(recorded.ids);
  const recordedBefore = new Set(recorded.recorded);
  const changed = before.filter(({ id }) => !written.has(id) || recordedBefore.has(id));
  if (changed.length > 0) {
    await transaction.query(updatedEffects, [changed.map(({ id }) => id), changed.map(({ shown }) => shown)]);
  }
  const known = new Set(recorded.known);
  const applied = rows.map((row): Applied => {
    const { id, dead, conflict } = row;
    if (row.unlinked) return unlinked(id);
    const outcome = dead ? "deleted" : !written.has(id) ? "outdated" : known.has(id) ? "updated" : "created";
    return { id, conflict, outcome };
  });
  return [...applied, ...recorded.unlinked.map(unlinked)];
}
