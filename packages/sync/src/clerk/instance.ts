import type { ClerkApi } from "./clerk-api.ts";
import { getInstanceId } from "./directory.ts";

/** The id of the instance that the key belongs to, asked for once a process. @throws what `ClerkApi.get` throws */
export function instanceOf(clerk: ClerkApi): () => Promise<string> {
  let asked: Promise<string> | undefined;
  return () => {
    asked ??= getInstanceId(clerk).catch((error: unknown) => {
      asked = undefined; // a failure is no answer
      throw error;
    });
    return asked;
  };
}
