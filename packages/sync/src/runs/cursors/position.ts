import { z } from "zod/v4";
import { changesSchema } from "./changes-cursor.ts";
import { walkSchema } from "./walk-cursor.ts";

/**
 * The version of what stands in a window's `position`. Raise it with any change that an older version cannot read: it is
 * part of the queue's name, so that an older worker is never given a newer one's jobs.
 */
export const POSITION_VERSION = 2;

/** Where a window of a run stands: its pass, and how far that has come. Kept in the database between two pages. */
export const positionSchema = z.discriminatedUnion("pass", [
  /** Asks how large the directory is, and opens the windows. */
  z.object({ pass: z.literal("plan"), fallbackFor: changesSchema.optional() }),
  /** Lists the users created in a stretch of time; as a fallback, for the changes that are too many to read by offset. */
  z.object({ pass: z.literal("walk"), walk: walkSchema, fallbackFor: changesSchema.optional() }),
  /** Lists what has changed since a mark, or since a fallback walk began. */
  z.object({ pass: z.literal("changes"), changes: changesSchema, afterFallback: z.boolean().default(false) }),
  /** Asks Clerk for each candidate by id; those up to `after` were asked for. */
  z.object({ pass: z.literal("missing"), after: z.string() }),
]);
export type Position = z.infer<typeof positionSchema>;
export type PassName = Position["pass"];

/** The same position without the users' ids that only the next page needs, of which there may be many. */
export function withoutIds(position: Position): Position {
  switch (position.pass) {
    case "plan":
      return { pass: "plan" };
    case "walk":
      return { pass: "walk", walk: { ...position.walk, tail: [] } };
    case "changes": {
      const { top, lowest, counted } = position.changes;
      const bare = (moment: typeof top) => moment && { ...moment, ids: [] };
      return {
        ...position,
        changes: { ...position.changes, top: bare(top), lowest: bare(lowest), counted: bare(counted) },
      };
    }
    case "missing":
      return position;
  }
}
