import { z } from "zod";
import { clerkUserSchema } from "../snapshot/clerk-user.ts";
import { type Snapshot, toSnapshot } from "../snapshot/snapshot.ts";
import { type Applied, failed } from "../write-path/outcome.ts";
import type { Listed } from "./walk.ts";

const listedSchema = z.object({ id: z.string(), created_at: z.number() });

/** A page as Clerk listed it: the walk's view of it, and of each user a snapshot or what is wrong with it. */
export interface ReadPage {
  listed: Listed[];
  snapshots: Map<string, Snapshot>;
  unusable: Map<string, Applied>;
  /** Those that lack even what the walk needs. */
  unplaced: Applied[];
}

/** Parses each user by itself: one that is malformed is counted as failed, and the rest go on. */
export function readPage(users: readonly unknown[], known: { instanceId: string; at: Date | null }): ReadPage {
  const page: ReadPage = { listed: [], snapshots: new Map(), unusable: new Map(), unplaced: [] };
  for (const user of users) {
    const position = listedSchema.safeParse(user);
    const parsed = clerkUserSchema.safeParse(user);
    if (!position.success) {
      page.unplaced.push(failed("unknown", whatIsWrong(position.error)));
      continue;
    }
    const { id, created_at } = position.data;
    page.listed.push({ id, createdAt: created_at });
    if (parsed.success) page.snapshots.set(id, toSnapshot(parsed.data, known));
    else page.unusable.set(id, failed(id, whatIsWrong(parsed.error)));
  }
  return page;
}

/** Names the fields, never their values: a report holds nothing personal. */
const whatIsWrong = (error: z.ZodError): string =>
  `Clerk's user object is not of the expected form: ${[...new Set(error.issues.map(({ path }) => path.join(".") || "user"))].slice(0, 5).join(", ")}`;
