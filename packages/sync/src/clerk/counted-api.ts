import type { ClerkApi } from "./clerk-api.ts";

/** A Clerk whose calls somebody counts in. */
export interface CountedApi extends ClerkApi {
  /** The calls since this was asked last: each is counted once, whoever asks. */
  uncounted(): number;
  /** Those calls were not counted after all. */
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
