import type { ClerkApi } from "./clerk-api.ts";

/** Clerk's API with a count of its calls. */
export interface CountedApi extends ClerkApi {
  /** The calls since the last time this was read: each is counted once. */
  uncounted(): number;
  /** Puts calls back that were not recorded after all. */
  putBack(calls: number): void;
}

export function countedApi(clerk: ClerkApi): CountedApi {
  let counted = 0;
  return {
    ...clerk,
    uncounted() {
      const calls = clerk.calls() - counted;
      counted += calls;
      return calls;
    },
    putBack(calls) {
      counted -= calls;
    },
  };
}
