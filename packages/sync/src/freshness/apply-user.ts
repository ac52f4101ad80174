import { batched, USER_BATCHES } from "../database/batched.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { type Applied, inOrderOf } from "../write-path/outcome.ts";
import type { WritePath } from "../write-path/write-path.ts";

/** Applies the snapshot of a user who was just read, and stores when they were read. */
export type ApplyUser = (snapshot: Snapshot) => Promise<Applied>;

/** Users who arrive while others are written share a statement. */
export const userApplier = ({ applySnapshots }: Pick<WritePath, "applySnapshots">): ApplyUser =>
  batched(async (snapshots) => {
    const applied = await applySnapshots(snapshots, { touch: true });
    return inOrderOf(
      snapshots.map(({ id }) => id),
      applied,
    );
  }, USER_BATCHES);
