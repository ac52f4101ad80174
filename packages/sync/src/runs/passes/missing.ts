import { z } from "zod/v4";
import { type ClerkApi, ClerkRefusal } from "../../clerk/clerk-api.ts";
import { askForUser, later, UnusableAnswer, type UserAnswer } from "../../clerk/get-user.ts";
import type { Database } from "../../database/database.ts";
import { nextCandidates } from "../statements/candidates.ts";
import type { PageResult, PassParts } from "./page-result.ts";

// Asked side by side: enough to be quick, and far from Clerk's rate limit.
const ASKED_AT_ONCE = 10;

/**
 * Asks Clerk for the next candidates by id, because a list is no proof: a user who is not there becomes a tombstone, of the
 * time of Clerk's answer; one who is there was alive all the time. Where its answer cannot be used, the user is left as
 * they are and stays a candidate: they count as missing, and the next run asks again.
 */
export async function missingPage(runId: string, after: string, parts: PassParts): Promise<PageResult> {
  const { db, clerk, writePath, instanceId } = parts;
  const candidates = await readCandidates(db, runId, after);
  const last = candidates.at(-1);
  if (!last) return { position: null };
  // A user that a webhook deleted meanwhile is not missing any more.
  const asked = candidates.filter(({ isDeleted }) => !isDeleted);
  const answers = await Promise.all(
    asked.map(async ({ userId }) => ({ userId, answer: await ask(clerk, userId, instanceId) })),
  );
  const found = answers.flatMap(({ answer }) => (answer?.found ? [answer.snapshot] : []));
  const denied = answers.flatMap(({ userId, answer }) => (answer?.found === false ? [{ userId, at: answer.at }] : []));
  await writePath.applySnapshots(found, { touch: true });
  const deleted = await writePath.applyDeletions(
    denied.map(({ userId }) => userId),
    { instanceId, deletedBy: "run", checkedAt: denied.map(({ at }) => at).reduce(later, null) },
  );
  return {
    position: { pass: "missing", after: last.userId },
    tombstoned: deleted.filter(({ outcome }) => outcome === "deleted").length,
    alive: [...found.map(({ id }) => id), ...candidates.filter((c) => c.isDeleted).map(({ userId }) => userId)],
  };
}

/** Clerk's answer, or null where it cannot be used and says nothing about the other candidates. */
async function ask(clerk: ClerkApi, userId: string, instanceId: string): Promise<UserAnswer | null> {
  try {
    return await askForUser(clerk, userId, { instanceId, tokenIssuedAt: null });
  } catch (error) {
    // A 404 that is not Clerk's own is about the way to Clerk, not about the user.
    const isRefused = error instanceof ClerkRefusal && error.status !== 404;
    if (isRefused || error instanceof UnusableAnswer) return null;
    throw error;
  }
}

const candidatesSchema = z.array(z.object({ userId: z.string(), isDeleted: z.boolean() }));

const readCandidates = async (db: Database, runId: string, after: string) =>
  candidatesSchema.parse(await db.query(nextCandidates, [runId, after, ASKED_AT_ONCE]));
