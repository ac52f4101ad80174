import { z } from "zod/v4";
import { changesSchema } from "./changes-cursor.ts";
import { walkSchema } from "./walk-cursor.ts";

/**
 * The version of the format of a window's `position`. Raise it with any change that an older version cannot read: it is part of
 * the queue's name, so that an older worker never gets a newer one's jobs.
 */
export const POSITION_VERSION = 2;

/** The state of a window of a run: its pass and the pass's progress. Stored in the database between two pages. */
export const positionSchema = z.discriminatedUnion("pass", [
  /** Counts the directory's users, and opens the windows. */
  z.object({ pass: z.literal("plan"), fallbackFor: changesSchema.optional() }),
  /** Lists the users created in a time range. Also the fallback if there are too many changes to read by offset. */
  z.object({ pass: z.literal("walk"), walk: walkSchema, fallbackFor: changesSchema.optional() }),
  /** Lists the changes since a high-water mark, or since a fallback walk started. */
  z.object({ pass: z.literal("changes"), changes: changesSchema, afterFallback: z.boolean().default(false) }),
  /** Asks Clerk for each candidate by id; those up to `after` are done. */
  z.object({ pass: z.literal("missing"), after: z.string() }),
]);
export type Position = z.infer<typeof positionSchema>;
export type PassName = Position["pass"];

/** The same position without the users' ids: only the next page needs them, and there may be many. */
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
