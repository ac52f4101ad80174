import { z } from "zod/v4";
import { ASKED_AT_ONCE, askForUsers } from "../../clerk/ask-for-users.ts";
import type { Database } from "../../database/database.ts";
import { nextCandidates } from "../statements/candidates.ts";
import type { PageResult, PassParts } from "./page-result.ts";

/**
 * Asks Clerk for the next candidates by id, because a list is not proof. A user who does not exist becomes a tombstone, dated by
 * Clerk's response. A user who exists was alive all along. If the response is unusable, the user is left unchanged and stays a
 * candidate: they count as missing, and the next run asks again.
 */
export async function missingPage(runId: string, after: string, parts: PassParts): Promise<PageResult> {
  const { db, clerk, writePath, instanceId } = parts;
  const candidates = await readCandidates(db, runId, after);
  const last = candidates.at(-1);
  if (!last) return { position: null };
  // A user that a webhook deleted meanwhile is no longer missing.
  const asked = candidates.filter(({ isDeleted }) => !isDeleted);
  const { found, denied, deniedAt } = await askForUsers(
    clerk,
    asked.map(({ userId }) => userId),
    instanceId,
    writePath.readUser,
  );
  await writePath.applySnapshots(found, { touch: true });
  const deleted = await writePath.applyDeletions(denied, { instanceId, deletedBy: "run", checkedAt: deniedAt });
  return {
    position: { pass: "missing", after: last.userId },
    tombstoned: deleted.filter(({ outcome }) => outcome === "deleted").length,
    alive: [...found.map(({ id }) => id), ...candidates.filter((c) => c.isDeleted).map(({ userId }) => userId)],
  };
}

const candidatesSchema = z.array(z.object({ userId: z.string(), isDeleted: z.boolean() }));

const readCandidates = async (db: Database, runId: string, after: string) =>
  candidatesSchema.parse(await db.query(nextCandidates, [runId, after, ASKED_AT_ONCE]));
