/**
 * Shares one answer between calls: the pending one, then the last one for a while. A failure reaches the calls that wait
 * for it and is not kept: the next call asks again.
 *
 * @param ms how long an answer is kept after it arrives, by a monotonic clock; Infinity keeps it for good
 * @param ask must have its own time limit: every later call waits for the pending one
 */
export function memoizeFor<T>(ms: number, ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  let expiresAt = 0;
  return () => {
    if (answer && performance.now() <= expiresAt) return answer;
    expiresAt = Number.POSITIVE_INFINITY;
    const asked = ask();
    answer = asked;
    asked.then(
      () => {
        expiresAt = performance.now() + ms;
      },
      () => {
        answer = undefined;
      },
    );
    return asked;
  };
}
