import { memoizeFor } from "../memoize-for.ts";
import type { ClerkApi } from "./clerk-api.ts";
import { getInstanceId } from "./directory.ts";

/** The id of the instance that the key belongs to, requested once per process. @throws what `ClerkApi.get` throws */
export function instanceOf(clerk: ClerkApi): () => Promise<string> {
  return memoizeFor(Number.POSITIVE_INFINITY, () => getInstanceId(clerk));
}
