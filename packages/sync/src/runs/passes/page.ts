import { z } from "zod/v4";
import { clerkUserSchema } from "../../snapshot/clerk-user.ts";
import { type Snapshot, toSnapshot } from "../../snapshot/snapshot.ts";
import { SyncError } from "../../sync-error.ts";
import { type Applied, failed } from "../../write-path/outcome.ts";

/** A user as Clerk listed them: their place in the list, and what can be written of them. */
export interface ListedUser {
  id: string;
  createdAt: number;
  updatedAt: number;
  /** Or what is wrong with them. */
  read: { snapshot: Snapshot } | { unusable: Applied };
}

// The times that PostgreSQL and JavaScript both know: to the end of the year 9999.
const time = z.number().int().min(0).max(253_402_300_799_999).nullable().catch(null);
// One without even an id must not be counted again on each page that lists them, either.
const placeSchema = z
  .object({ id: z.string().min(1).catch("unknown"), created_at: time, updated_at: time })
  .catch({ id: "unknown", created_at: null, updated_at: null });

/**
 * Parses each user by itself: one that is malformed is counted as failed, and the rest go on.
 *
 * @throws SyncError CLERK_ERROR where no user of the page has a place in the list
 */
export function readPage(users: readonly unknown[], known: { instanceId: string; at: Date | null }): ListedUser[] {
  const places = users.map((user) => placeSchema.parse(user));
  const created = fillIn(places.map(({ created_at }) => created_at));
  const updated = fillIn(places.map(({ updated_at }) => updated_at));
  return places.map(({ id }, at) => {
    const parsed = clerkUserSchema.safeParse(users[at]);
    return {
      id,
      createdAt: created[at] ?? 0,
      updatedAt: updated[at] ?? 0,
      read: parsed.success
        ? { snapshot: toSnapshot(parsed.data, known) }
        : { unusable: failed(id, whatIsWrong(parsed.error)) },
    };
  });
}

/** The times of a page, as far as they are such. */
export const readTimes = (users: readonly unknown[], column: "created_at" | "updated_at"): (number | null)[] =>
  users.map((user) => placeSchema.parse(user)[column]);

/** A user without a time stands where their neighbour in the list does: so the pages go on, and they are counted once. */
function fillIn(times: (number | null)[]): number[] {
  const first = times.find((at) => at !== null);
  if (times.length > 0 && first === undefined) {
    throw new SyncError("CLERK_ERROR", "Clerk's page is not of the expected form: nobody on it has a time");
  }
  let last = first ?? 0;
  return times.map((at) => {
    last = at ?? last;
    return last;
  });
}

/** What can be written of some users of a page, and what is wrong with the others. */
export function choose(
  page: readonly ListedUser[],
  ids: readonly { id: string }[],
): { snapshots: Snapshot[]; unusable: Applied[] } {
  const chosen = new Set(ids.map(({ id }) => id));
  const reads = page.filter(({ id }) => chosen.has(id)).map(({ read }) => read);
  return {
    snapshots: reads.flatMap((read) => ("snapshot" in read ? [read.snapshot] : [])),
    unusable: reads.flatMap((read) => ("unusable" in read ? [read.unusable] : [])),
  };
}

/** Names the fields, never their values: a report holds nothing personal. */
const whatIsWrong = (error: z.ZodError): string =>
  `Clerk's user object is not of the expected form: ${[...new Set(error.issues.map(({ path }) => path.join(".") || "user"))].slice(0, 5).join(", ")}`;
