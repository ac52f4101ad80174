"use client";

import { useFormatter } from "next-intl";
import { useNow } from "@/lib/use-now.ts";

/** How long ago, with the exact time as its title. */
export function TimeAgo({ time }: { time: Date }) {
  // Clocks differ slightly: a time in our future has just passed on Clerk's clock.
  const now = Math.max(useNow(), time.getTime());
  return <RelativeTime time={time} now={now} />;
}

/** When something is due, in the future or the past, with the exact time as its title. */
export function DueTime({ time }: { time: Date }) {
  return <RelativeTime time={time} now={useNow()} />;
}

function RelativeTime({ time, now }: { time: Date; now: number }) {
  const format = useFormatter();
  return (
    <time dateTime={time.toISOString()} title={format.dateTime(time, "exact")} className="whitespace-nowrap">
      {format.relativeTime(time, now)}
    </time>
  );
}
