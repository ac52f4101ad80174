import type { ListParameters } from "../clerk/directory.ts";
import { PAGE_SIZE } from "../clerk/directory.ts";

/** One user of a page, as far as the walk is concerned. */
export interface Listed {
  id: string;
  createdAt: number;
}

/**
 * Where a walk over the users created in [lo, hi) stands; times in ms of Clerk's. Pages follow each other by a cursor,
 * Clerk's `starting_after`. Where Clerk refuses it (its user is gone), and for the last reads, the walk goes on by time.
 */
export interface Window {
  lo: number;
  hi: number;
  /** The last user that was listed. */
  cursor: Listed | null;
  via: "cursor" | "time";
  /** Those listed at the cursor's `createdAt`: of a page that begins there only the others count. */
  tail: ReadonlySet<string>;
  /** How far into one millisecond that fills a page and more. */
  offset: number;
  /** The last page was short; a second short one that brings nobody new ends the window. */
  short: boolean;
  refusals: number;
}

export const openWindow = (lo: number, hi: number): Window => ({
  lo,
  hi,
  cursor: null,
  via: "time",
  tail: new Set(),
  offset: 0,
  short: false,
  refusals: 0,
});

// Overlap of pages by offset: a user who is deleted while a millisecond is read moves the others up by one.
const OFFSET_OVERLAP = 50;
// After so many refused cursors in one window somebody deletes faster than the cursor walks: time alone is steadier.
const REFUSALS = 2;

/** What to ask Clerk for next. Filters by time are asked one ms wider than meant, since Clerk's may include or exclude their bound. */
export function nextRequest({ cursor, via, lo, hi, offset }: Window): ListParameters {
  const page = { order_by: "+created_at", limit: PAGE_SIZE } as const;
  if (via === "cursor" && cursor) return { ...page, starting_after: cursor.id };
  const from = cursor?.createdAt ?? lo;
  return {
    ...page,
    created_at_after: Number.isFinite(from) ? from - 1 : undefined,
    created_at_before: hi + 1,
    offset: offset === 0 ? undefined : offset,
  };
}

/** Clerk refused the cursor. */
export const afterRefusal = (window: Window): Window => ({ ...window, via: "time", refusals: window.refusals + 1 });

/** A page that begins before the cursor, or with a user who was listed, is no continuation of it: Clerk started over. */
export const startsOver = (window: Window, page: readonly Listed[]): boolean =>
  window.via === "cursor" &&
  window.cursor !== null &&
  page[0] !== undefined &&
  (page[0].createdAt < window.cursor.createdAt || window.tail.has(page[0].id));

/** One page further: the users that were not listed before, and where the walk stands then; null at the window's end. */
export function step(window: Window, page: readonly Listed[]): { fresh: Listed[]; window: Window | null } {
  const { cursor, tail } = window;
  const lastListed = page.at(-1);
  const full = page.length === PAGE_SIZE && lastListed !== undefined && lastListed.createdAt < window.hi;
  const fresh = page
    .filter(({ createdAt }) => createdAt >= window.lo && createdAt < window.hi)
    .filter(
      ({ id, createdAt }) =>
        !cursor || createdAt > cursor.createdAt || (createdAt === cursor.createdAt && !tail.has(id)),
    );
  if (!full && window.short && fresh.length === 0) return { fresh, window: null };

  const last = fresh.at(-1);
  const moved = { ...window, ...(last && advanceTo(window, last, fresh)), short: !full };
  if (!full) return { fresh, window: { ...moved, via: "time" } };
  if (last && window.refusals < REFUSALS) return { fresh, window: { ...moved, via: "cursor" } };
  // A page by time that does not leave the cursor's millisecond: go on behind it.
  const stays = window.via === "time" && (!last || last.createdAt === cursor?.createdAt);
  const offset = stays ? window.offset + PAGE_SIZE - OFFSET_OVERLAP : moved.offset;
  return { fresh, window: { ...moved, via: "time", offset } };
}

function advanceTo({ cursor, tail, offset }: Window, last: Listed, fresh: Listed[]): Partial<Window> {
  const sameMoment = cursor?.createdAt === last.createdAt;
  const ids = fresh.filter(({ createdAt }) => createdAt === last.createdAt).map(({ id }) => id);
  return { cursor: last, tail: new Set([...(sameMoment ? tail : []), ...ids]), offset: sameMoment ? offset : 0 };
}
