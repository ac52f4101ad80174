import { useEffect, useRef, useState } from "react";

/** How many users had been seen; `at` in ms on the monotonic clock. */
export interface Moment {
  seen: number;
  at: number;
}

/** In ms, at the pace between two moments; null where nothing moved between them, or nothing is left. */
export function timeLeft(first: Moment, last: Moment, total: number | null): number | null {
  const done = last.seen - first.seen;
  if (total === null || done <= 0 || last.seen >= total) return null;
  return ((total - last.seen) / done) * (last.at - first.at);
}

/**
 * How long a run still takes, in ms, at its pace since this was mounted: what was done before, and how long the run lay
 * still, is not known here. Null before there was progress.
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
