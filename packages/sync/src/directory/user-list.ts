import { z } from "zod/v4";
import type { Database } from "../database/database.ts";
import type { ApplicationTables } from "../database/tables.ts";
import { cutPage, readCursor, textPlace, timePlace } from "../page-cursor.ts";
import { isClerkId } from "../snapshot/clerk-user.ts";
import { normaliseEmail } from "../snapshot/snapshot.ts";
import type { DirectoryCount } from "../status/directory-count.ts";
import type { UserState } from "./user-state.ts";
import { type UserRow, userRows, usersStatements } from "./users-statements.ts";

/** A user as a list shows them. */
export interface DirectoryUser {
  /** Clerk's id. */
  id: string;
  state: UserState;
  /** The address, the name and the image by Clerk's word; by the application's row if the user was never synced. */
  email: string | null;
  emailVerified: boolean;
  name: string | null;
  image: string | null;
  /** The primary key of the application's row, as text; null if there is no row. */
  rowId: string | null;
  /** When the user signed up, in Clerk's time; null if unknown. */
  createdAt: Date | null;
  /** The user's last change, in Clerk's time; null if unknown. */
  updatedAt: Date | null;
  /** When the mirror was last known to match Clerk, in Clerk's time; null if never. */
  checkedAt: Date | null;
  deletedAt: Date | null;
}

export interface UserFilter {
  /** Default: live, which includes users in conflict. Of `conflict` and `not_synced`, the first 1,000 are listed. */
  state?: UserState | undefined;
  /**
   * A Clerk id: finds the user in any state. Else the beginning of an address, of a name or of its last word. Case does not
   * matter. A tombstone has neither address nor name.
   */
  search?: string | undefined;
}

/** Live users newest first, deleted ones latest deletion first, the others by id; with a search by what was found. */
export interface UserPage {
  items: DirectoryUser[];
  /** For the next page; null if there is none. */
  nextCursor: string | null;
}

export interface UsersAsked extends UserFilter {
  /** `nextCursor` of the previous page. */
  cursor: string | null;
  limit: number;
}

const searchPlace = z.tuple([z.int().min(0), textPlace, textPlace]);

/**
 * The list of users, a page at a time. A page reads about as many rows as it has, whatever the size of the directory: the total
 * is not counted.
 *
 * @returns null if the cursor is not one of this list's
 */
export function usersLister(db: Database, tables: ApplicationTables, counted: () => Promise<DirectoryCount>) {
  const statements = usersStatements(tables);
  const read = async (statement: string, values: unknown[]): Promise<UserRow[]> =>
    userRows.parse(await db.query(statement, values));

  return async ({ state = "live", search = "", cursor, limit }: UsersAsked): Promise<UserPage | null> => {
    const name = search.replaceAll("\0", "").trim();
    const email = normaliseEmail(name) ?? name;
    if (isClerkId(name))
      return { items: (await read(statements.byIds, [[name], null, null, null])).map(toUser), nextCursor: null };
    switch (state) {
      case "conflict":
      case "not_synced": {
        const after = cursor === null ? "" : readCursor(textPlace, cursor);
        if (after === null) return null;
        const { conflictIds, unadoptedIds } = await counted();
        const ids = (state === "conflict" ? conflictIds : unadoptedIds).filter((one) => one > after);
        const rows = await read(statements.byIds, [ids, state, name === "" ? null : email, name]);
        return toPage(rows, limit, (row) => row.id);
      }
      case "deleted":
        return name === "" ? byTime(statements.deleted, cursor, limit) : { items: [], nextCursor: null };
      case "live":
        return name === "" ? byTime(statements.live, cursor, limit) : bySearch({ name, email, cursor, limit });
    }
  };

  async function byTime(statement: string, cursor: string | null, limit: number): Promise<UserPage | null> {
    const after = cursor === null ? [null, null] : readCursor(timePlace, cursor);
    return after && toPage(await read(statement, [...after, limit + 1]), limit, (row) => [row.place, row.id]);
  }

  /** Who is found by address first, then the others who are found by name, then the others by the last word of their name. */
  async function bySearch(asked: { name: string; email: string; cursor: string | null; limit: number }) {
    const { name, email, cursor, limit } = asked;
    const { byEmail, byName, byLastWord } = statements;
    const searches = [
      { statement: byEmail, values: [email] },
      ...(name.includes("@") ? [] : [byName, byLastWord].map((statement) => ({ statement, values: [name, email] }))),
    ];
    const start = cursor === null ? ([0, null, null] as const) : readCursor(searchPlace, cursor);
    if (!start) return null;
    const [first, ...after] = start;
    const found: { row: UserRow; by: number }[] = [];
    for (const [by, { statement, values }] of searches.entries()) {
      if (by < first || found.length > limit) continue;
      const rest = limit + 1 - found.length;
      const rows = await read(statement, [...(by === first ? after : [null, null]), rest, ...values]);
      found.push(...rows.map((row) => ({ row, by })));
    }
    const by = new Map(found.map((one) => [one.row, one.by]));
    return toPage([...by.keys()], limit, (row) => [by.get(row), row.place, row.id]);
  }
}

function toPage(rows: readonly UserRow[], limit: number, place: (row: UserRow) => unknown): UserPage {
  const { items, nextCursor } = cutPage(rows, limit, place);
  return { items: items.map(toUser), nextCursor };
}

const toUser = ({ place: _, ...user }: UserRow): DirectoryUser => user;
