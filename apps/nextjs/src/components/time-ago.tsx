"use client";

import { useFormatter } from "next-intl";
import { useNow } from "@/lib/use-now.ts";

/** How long ago, with the exact time as its title. */
export function TimeAgo({ time }: { time: Date }) {
  const format = useFormatter();
  // Clocks differ slightly: a time in our future has just passed on Clerk's clock.
  const now = Math.max(useNow(), time.getTime());
  return (
    <time dateTime={time.toISOString()} title={format.dateTime(time, "exact")} className="whitespace-nowrap">
      {format.relativeTime(time, now)}
    </time>
  );
}
