import { useEffect, useRef, useState } from "react";

/** How many users were seen at a time; `at` in ms on the monotonic clock. */
export interface Moment {
  seen: number;
  at: number;
}

export interface Pace {
  /** Users a second; null if nothing moved. */
  perSecond: number | null;
  /** In ms; null if nothing moved, nothing is left, or the total is unknown. */
  leftMs: number | null;
}

/** The pace between two moments, and how long the rest takes at it. */
export function paceOf(first: Moment, last: Moment, total: number | null): Pace {
  const done = last.seen - first.seen;
  const took = last.at - first.at;
  if (done <= 0 || took <= 0) return { perSecond: null, leftMs: null };
  const isOver = total === null || last.seen >= total;
  return { perSecond: (done / took) * 1_000, leftMs: isOver ? null : ((total - last.seen) / done) * took };
}

/** The pace of a run since this was mounted: earlier progress and pauses are not known here. */
export function usePace(seen: number, total: number | null): Pace {
  const first = useRef<Moment>(null);
  const [pace, setPace] = useState<Pace>({ perSecond: null, leftMs: null });
  useEffect(() => {
    const last = { seen, at: performance.now() };
    first.current ??= last;
    setPace(paceOf(first.current, last, total));
  }, [seen, total]);
  return pace;
}
