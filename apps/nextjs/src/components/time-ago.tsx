"use client";

import { formatAgo, formatTime } from "@/lib/format.ts";
import { useNow } from "@/lib/use-now.ts";

/** How long ago, with the exact time as its title. Shows the exact time until the browser's clock is known. */
export function TimeAgo({ time }: { time: Date }) {
  const now = useNow();
  const exact = formatTime(time);
  return (
    <time dateTime={time.toISOString()} title={exact}>
      {now === null ? exact : formatAgo(time, now)}
    </time>
  );
}
