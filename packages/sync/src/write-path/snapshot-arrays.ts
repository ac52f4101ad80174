import type { Snapshot } from "../snapshot/snapshot.ts";
import { arrayLiteral } from "./array-literal.ts";
import { jsonText } from "./json-text.ts";

/** The ten arrays of `incoming`, in its order, and the eleventh if the application names columns for further fields. */
export function snapshotArrays(batch: readonly Snapshot[], hasExtras: boolean): string[] {
  return [
    batch.map(({ id }) => id),
    batch.map(({ instanceId }) => instanceId),
    batch.map(({ email }) => email),
    batch.map(({ emailVerifiedAt }) => emailVerifiedAt?.getTime() ?? null),
    batch.map(({ emailSince }) => emailSince?.getTime() ?? null),
    batch.map(({ name }) => name),
    batch.map(({ image }) => image),
    batch.map(({ createdAt }) => createdAt.getTime()),
    batch.map(({ updatedAt }) => updatedAt.getTime()),
    batch.map(({ checkedAt }) => checkedAt.getTime()),
    ...(hasExtras ? [batch.map(({ extra }) => jsonText(extra))] : []),
  ].map(arrayLiteral);
}
