import { z } from "zod";
import { changesSchema } from "./changes.ts";
import { walkSchema } from "./walk.ts";

/** Where a window of a run stands: its pass, and how far that has come. Kept in the database between two pages. */
export const positionSchema = z.discriminatedUnion("pass", [
  /** Asks how large the directory is, and opens the windows. */
  z.object({ pass: z.literal("plan") }),
  /** Lists the users created in a stretch of time. */
  z.object({ pass: z.literal("walk"), walk: walkSchema }),
  /** Lists what has changed since a mark. */
  z.object({ pass: z.literal("changes"), changes: changesSchema }),
  /** Asks Clerk for each candidate by id; those up to `after` were asked for. */
  z.object({ pass: z.literal("missing"), after: z.string() }),
]);
export type Position = z.infer<typeof positionSchema>;
export type PassName = Position["pass"];
