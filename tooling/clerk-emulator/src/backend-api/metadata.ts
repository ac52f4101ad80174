import { z } from "zod";
import type { User } from "../store/user.ts";

const metadata = z.record(z.string(), z.unknown());

export const metadataSchema = z.strictObject({
  public_metadata: metadata.optional(),
  private_metadata: metadata.optional(),
  unsafe_metadata: metadata.optional(),
});

type Metadata = z.output<typeof metadataSchema>;

/** The user's metadata with this merged into it, deeply; null removes a key. */
export function mergedMetadata(user: User, given: Metadata): Metadata {
  return {
    public_metadata: merged(user.public_metadata, given.public_metadata ?? {}),
    private_metadata: merged(user.private_metadata, given.private_metadata ?? {}),
    unsafe_metadata: merged(user.unsafe_metadata, given.unsafe_metadata ?? {}),
  };
}

function merged(old: Record<string, unknown>, given: Record<string, unknown>): Record<string, unknown> {
  const result = { ...old };
  for (const [key, value] of Object.entries(given)) {
    const inner = metadata.safeParse(value);
    if (value === null) delete result[key];
    else if (inner.success) result[key] = merged(metadata.safeParse(old[key]).data ?? {}, inner.data);
    else result[key] = value;
  }
  return result;
}
