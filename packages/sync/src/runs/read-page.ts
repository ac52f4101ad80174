import { z } from "zod";
import { clerkUserSchema } from "../snapshot/clerk-user.ts";
import { type Snapshot, toSnapshot } from "../snapshot/snapshot.ts";
import { SyncError } from "../sync-error.ts";
import { type Applied, failed } from "../write-path/outcome.ts";

/** A user as Clerk listed him: his place in the list, and what can be written of him. */
export interface ListedUser {
  id: string;
  createdAt: number;
  updatedAt: number;
  /** Or what is wrong with him. */
  read: { snapshot: Snapshot } | { unusable: Applied };
}

export interface ReadPage {
  users: ListedUser[];
  /** Those without even an id. */
  nameless: Applied[];
}

const time = z.number().nullable().catch(null);
const placeSchema = z.object({ id: z.string().min(1), created_at: time, updated_at: time });
type Place = z.infer<typeof placeSchema>;

/**
 * Parses each user by itself: one that is malformed is counted as failed, and the rest go on.
 *
 * @throws SyncError CLERK_ERROR where nobody of the page has a place in the list
 */
export function readPage(users: readonly unknown[], known: { instanceId: string; at: Date | null }): ReadPage {
  const page: ReadPage = { users: [], nameless: [] };
  const placed: { place: Place; user: unknown }[] = [];
  for (const user of users) {
    const place = placeSchema.safeParse(user);
    if (place.success) placed.push({ place: place.data, user });
    else page.nameless.push(failed("unknown", whatIsWrong(place.error)));
  }
  const created = fillIn(placed.map(({ place }) => place.created_at));
  const updated = fillIn(placed.map(({ place }) => place.updated_at));
  for (const [at, { place, user }] of placed.entries()) {
    const parsed = clerkUserSchema.safeParse(user);
    page.users.push({
      id: place.id,
      createdAt: created[at] ?? 0,
      updatedAt: updated[at] ?? 0,
      read: parsed.success
        ? { snapshot: toSnapshot(parsed.data, known) }
        : { unusable: failed(place.id, whatIsWrong(parsed.error)) },
    });
  }
  return page;
}

/** A user without a time stands where his neighbour in the list does: so the pages go on, and he is counted once. */
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
export function choose(page: ReadPage, ids: readonly { id: string }[]): { snapshots: Snapshot[]; unusable: Applied[] } {
  const chosen = new Set(ids.map(({ id }) => id));
  const reads = page.users.filter(({ id }) => chosen.has(id)).map(({ read }) => read);
  return {
    snapshots: reads.flatMap((read) => ("snapshot" in read ? [read.snapshot] : [])),
    unusable: reads.flatMap((read) => ("unusable" in read ? [read.unusable] : [])),
  };
}

/** Names the fields, never their values: a report holds nothing personal. */
const whatIsWrong = (error: z.ZodError): string =>
  `Clerk's user object is not of the expected form: ${[...new Set(error.issues.map(({ path }) => path.join(".") || "user"))].slice(0, 5).join(", ")}`;
