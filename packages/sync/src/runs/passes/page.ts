import { z } from "zod/v4";
import type { Known, Snapshot } from "../../snapshot/snapshot.ts";
import type { ReadUser } from "../../snapshot/user-reader.ts";
import { SyncError } from "../../sync-error.ts";
import { type Applied, failed } from "../../write-path/outcome.ts";

/** A user as Clerk listed them: their place in the list, and their snapshot. */
export interface ListedUser {
  id: string;
  createdAt: number;
  updatedAt: number;
  /** Or the error. */
  read: { snapshot: Snapshot } | { unusable: Applied };
}

// Times that both PostgreSQL and JavaScript support: up to the end of the year 9999.
const time = z.number().int().min(0).max(253_402_300_799_999).nullable().catch(null);
// A user without an id, too, must not be counted again on each page that lists them.
const placeSchema = z
  .object({ id: z.string().min(1).catch("unknown"), created_at: time, updated_at: time })
  .catch({ id: "unknown", created_at: null, updated_at: null });

/**
 * Parses each user separately: a malformed one counts as failed, and the others are processed.
 *
 * @throws SyncError CLERK_ERROR if no user of the page has a valid time
 */
export function readPage(users: readonly unknown[], known: Known, readUser: ReadUser): ListedUser[] {
  const places = users.map((user) => placeSchema.parse(user));
  const created = fillIn(places.map(({ created_at }) => created_at));
  const updated = fillIn(places.map(({ updated_at }) => updated_at));
  return places.map(({ id }, at) => {
    const parsed = readUser(users[at], known);
    return {
      id,
      createdAt: created[at] ?? 0,
      updatedAt: updated[at] ?? 0,
      read: parsed.success ? { snapshot: parsed.snapshot } : { unusable: failed(id, whatIsWrong(parsed.error)) },
    };
  });
}

/** The valid times of a page. */
export const readTimes = (users: readonly unknown[], column: "created_at" | "updated_at"): (number | null)[] =>
  users.map((user) => placeSchema.parse(user)[column]);

/** A user without a time gets the time of their neighbour in the list: so the pages continue, and the user is counted once. */
function fillIn(times: (number | null)[]): number[] {
  const first = times.find((at) => at !== null);
  if (times.length > 0 && first === undefined) {
    throw new SyncError("CLERK_ERROR", "Clerk's page is not of the expected form: no user on it has a time");
  }
  let last = first ?? 0;
  return times.map((at) => {
    last = at ?? last;
    return last;
  });
}

/** The snapshots of the valid users of a page, and the errors of the others. */
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

/** Names the fields, never their values: a report contains no personal data. */
const whatIsWrong = (error: z.ZodError): string =>
  `Clerk's user object is not of the expected form: ${[...new Set(error.issues.map(({ path }) => path.join(".") || "user"))].slice(0, 5).join(", ")}`;
