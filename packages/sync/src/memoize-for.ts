/**
 * Calls share one answer: the one under way, and then the last one for a while.
 *
 * @param ms how long an answer stands once it has come, by a clock that nobody sets
 * @param ask never rejects: a failure is an answer like any other
 */
export function memoizeFor<T>(ms: number, ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  let standsUntil = 0;
  return () => {
    if (!answer || performance.now() > standsUntil) {
      standsUntil = Number.POSITIVE_INFINITY;
      answer = ask().finally(() => {
        standsUntil = performance.now() + ms;
      });
    }
    return answer;
  };
}
