import { z } from "zod/v4";
import type { ClerkApi } from "../clerk/clerk-api.ts";
import { listUsers, PAGE_SIZE } from "../clerk/directory.ts";
import { advance, afterRefusal, nextRequest, openWalk, startsOver, type Walk } from "../runs/cursors/walk-cursor.ts";
import { readPage } from "../runs/passes/page.ts";
import { pageAt } from "../runs/passes/walk.ts";
import { clerkUserSchema } from "../snapshot/clerk-user.ts";
import { toSnapshot } from "../snapshot/snapshot.ts";
import { userReader } from "../snapshot/user-reader.ts";

/** What Clerk says about a user, as far as it tells which row is theirs. */
export interface ClerkPerson {
  id: string;
  /** The primary address, normalised. */
  email: string | null;
  verified: boolean;
  /** The id that the application gave the user at Clerk, for example when it imported them. */
  externalId: string | null;
}

// Only the order of a page matters here.
const readUser = userReader({ email: "email" });
const identified = z.object({ id: z.string() });
const withExternalId = clerkUserSchema.extend({ external_id: z.string().nullish() });

/** A user whose data cannot be read still exists: they have an id, and nothing else that matches a row. */
function readPerson(user: unknown): ClerkPerson[] {
  const read = withExternalId.safeParse(user);
  if (!read.success) {
    const known = identified.safeParse(user);
    return known.success ? [{ id: known.data.id, email: null, verified: false, externalId: null }] : [];
  }
  const { email, emailVerifiedAt } = toSnapshot(read.data, { instanceId: "", at: null });
  return [{ id: read.data.id, email, verified: emailVerifiedAt !== null, externalId: read.data.external_id ?? null }];
}

// Users who sign up while the list is read are listed, too, whatever our clock says.
const AHEAD_MS = 24 * 60 * 60_000;

/** All users at Clerk, page by page, each user once. @throws SyncError what `ClerkApi.get` throws */
export async function* listPeople(clerk: ClerkApi): AsyncGenerator<ClerkPerson[]> {
  let walk: Walk | null = openWalk(null, Date.now() + AHEAD_MS, true);
  while (walk) {
    const answer = await pageAt(nextRequest(walk), clerk);
    const page = readPage(answer?.users ?? [], { instanceId: "", at: null }, readUser);
    if (!answer || startsOver(walk, page)) {
      walk = afterRefusal(walk);
      continue;
    }
    const moved = advance(walk, page, answer.users.length);
    const fresh = new Set(moved.fresh.map(({ id }) => id));
    const people = answer.users.flatMap(readPerson).filter(({ id }) => fresh.has(id));
    if (people.length > 0) yield people;
    walk = moved.walk;
  }
}

// Clerk takes 100 values of a parameter; with long addresses that many would not fit into a URL everywhere.
const ASKED_AT_ONCE = 50;

/** The users at Clerk with one of these values. @throws SyncError what `ClerkApi.get` throws */
export async function findPeople(
  clerk: ClerkApi,
  by: "user_id" | "external_id" | "email_address",
  values: readonly string[],
): Promise<ClerkPerson[]> {
  const found: ClerkPerson[] = [];
  const asked = [...new Set(values)];
  for (let start = 0; start < asked.length; start += ASKED_AT_ONCE) {
    const part = asked.slice(start, start + ASKED_AT_ONCE);
    // Without a sign, Clerk would take the sign of a value that begins with one.
    const signed = by === "email_address" ? part : part.map((value) => `+${value}`);
    const { users } = await listUsers(clerk, { limit: PAGE_SIZE, [by]: signed });
    found.push(...users.flatMap(readPerson));
  }
  return found;
}
