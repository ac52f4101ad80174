import { z } from "zod/v4";
import type { Database } from "../database/database.ts";
import { epoch } from "../database/sql.ts";
import { readCursor, textPlace, writeCursor } from "../page-cursor.ts";
import { normaliseEmail } from "../snapshot/snapshot.ts";
import { missingUsers } from "./statements/candidates.ts";

/** A user here that no page of a run listed: a candidate for a tombstone. */
export interface MissingUser {
  id: string;
  email: string | null;
  name: string | null;
  createdAt: Date | null;
  /** When the mirror's row was last written, in the database's time. */
  syncedAt: Date | null;
}

/** By id. With a search, a page may have fewer items than its limit, even none, while there is a next one. */
export interface MissingPage {
  items: MissingUser[];
  /** For the next page; null if there is none. */
  nextCursor: string | null;
}

export interface MissingAsked {
  runId: string;
  /** Part of an id, an address or a name. Case does not matter. */
  search?: string | undefined;
  cursor: string | null;
  limit: number;
}

// A search tries each candidate. Without a limit it would try half a directory for one page.
const TRIED = 10_000;

const missingRow = z.tuple([
  z.object({
    items: z.array(
      z.object({
        id: z.string(),
        email: z.string().nullable(),
        name: z.string().nullable(),
        createdAt: epoch.nullable(),
        syncedAt: epoch.nullable(),
      }),
    ),
    /** The last candidate that was tried, if there may be more. */
    triedUpTo: z.string().nullable(),
  }),
]);
/**
 * The users that a run would mark as deleted, until it has ended.
 *
 * @returns null if the cursor is not one of this list's
 * @throws DatabaseError
 */
export async function listMissing(
  db: Database,
  { runId, search = "", cursor, limit }: MissingAsked,
): Promise<MissingPage | null> {
  const after = cursor === null ? "" : readCursor(textPlace, cursor);
  if (after === null) return null;
  const text = search.replaceAll("\0", "").trim();
  const tried = text === "" ? limit + 1 : Math.max(TRIED, limit + 1);
  const pattern = text === "" ? null : (normaliseEmail(text) ?? text);
  const [found] = missingRow.parse(await db.query(missingUsers, [runId, after, tried, pattern, limit + 1]));
  const items = found.items.slice(0, limit);
  const upTo = found.items.length > limit ? items.at(-1)?.id : found.triedUpTo;
  return { items, nextCursor: upTo ? writeCursor(upTo) : null };
}
