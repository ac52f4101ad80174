import { after } from "next/server";
import { serverStops } from "@/lib/server-stops.ts";

// The page in hand may take 15 s at Clerk, and is then written. One that needs several calls, and is cut off by the
// function's end nevertheless, is taken again by whoever comes next.
const RESERVE_MS = 20_000;

/**
 * How work goes on after a route's answer. Vercel ends a function when its time is over, which the route says as
 * `maxDuration`; a server of one's own lets it work for as long as it takes, or until the server itself is to stop.
 *
 * @param maxDuration in seconds, as the route exports it
 */
export const afterAnswer = (maxDuration: number) => ({
  after,
  stop: process.env.VERCEL ? AbortSignal.timeout(maxDuration * 1_000 - RESERVE_MS) : serverStops,
});
