import { useEffect, useRef, useState } from "react";

/** How many users were seen at a time; `at` in ms on the monotonic clock. */
export interface Moment {
  seen: number;
  at: number;
}

/** In ms, at the pace between two moments; null if nothing moved between them, or nothing is left. */
export function timeLeft(first: Moment, last: Moment, total: number | null): number | null {
  const done = last.seen - first.seen;
  if (total === null || done <= 0 || last.seen >= total) return null;
  return ((total - last.seen) / done) * (last.at - first.at);
}

/**
 * How long a run still takes, in ms, at its pace since this was mounted: earlier progress and pauses are not known here.
 * Null before the first progress.
 */
export function useTimeLeft(seen: number, total: number | null): number | null {
  const first = useRef<Moment>(null);
  const [left, setLeft] = useState<number | null>(null);
  useEffect(() => {
    const last = { seen, at: performance.now() };
    first.current ??= last;
    setLeft(timeLeft(first.current, last, total));
  }, [seen, total]);
  return left;
}
