import { z } from "zod/v4";

/** The place where a page of a list ended, as text that fits into a URL. Callers must not rely on what is in it. */
export const writeCursor = (place: unknown): string => Buffer.from(JSON.stringify(place)).toString("base64url");

/** @returns the place; null if the text is not a cursor of that form */
export function readCursor<T>(form: z.ZodType<T>, cursor: string): T | null {
  try {
    return form.safeParse(JSON.parse(Buffer.from(cursor, "base64url").toString())).data ?? null;
  } catch {
    return null;
  }
}

/**
 * The page of a list, from rows that were read with one more than its limit: the extra row shows that there is a next page.
 *
 * @param place where a row stands in the list
 */
export function cutPage<Row>(
  rows: readonly Row[],
  limit: number,
  place: (row: Row) => unknown,
): { items: Row[]; nextCursor: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: last !== undefined && rows.length > limit ? writeCursor(place(last)) : null };
}

// A cursor comes from a client, so its values are those that PostgreSQL accepts.
/** A text without U+0000. */
export const textPlace = z.string().regex(/^[^\0]*$/);
export const time = z.number().min(-8.64e15).max(8.64e15); // the limits of a Date
/** A time in epoch ms, and the id among those of the same time. */
export const timePlace = z.tuple([time, textPlace]);
