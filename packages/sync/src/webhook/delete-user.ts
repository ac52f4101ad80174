import { batched } from "../database/batched.ts";
import { type Applied, inOrderOf } from "../write-path/outcome.ts";
import type { WritePath } from "../write-path/write-path.ts";

/** Inserts the tombstone of a user whose deletion was delivered. */
export type DeleteUser = (deletion: { userId: string; instanceId: string }) => Promise<Applied>;

/**
 * Deletions wait for each other's lock. So those that arrive meanwhile are one transaction: an admin who deletes a thousand
 * users at Clerk causes a thousand deliveries, and Svix waits 15 s for each answer.
 */
export const userDeleter = ({ applyDeletions }: Pick<WritePath, "applyDeletions">): DeleteUser =>
  batched(
    async (deletions) => {
      const applied: Applied[] = [];
      // More than one only while another instance is adopted.
      for (const instanceId of new Set(deletions.map((one) => one.instanceId))) {
        const ids = deletions.filter((one) => one.instanceId === instanceId).map(({ userId }) => userId);
        applied.push(...(await applyDeletions(ids, { instanceId, deletedBy: "webhook" })));
      }
      return inOrderOf(
        deletions.map(({ userId }) => userId),
        applied,
      );
    },
    { atOnce: 1, most: 100 },
  );
