import { after } from "next/server";
import { serverStops } from "@/lib/server-stops.ts";

// The current page may take 15 s at Clerk, and is then written. A page that needs several calls may still be cut off when
// the function ends; the next worker processes it again.
const RESERVE_MS = 20_000;

/**
 * How work continues after a route's answer. Vercel ends a function after its `maxDuration`. Your own server lets it work
 * until it is done, or until the server stops.
 *
 * @param maxDuration in seconds, as the route exports it
 */
export const afterAnswer = (maxDuration: number) => ({
  after,
  stop: process.env.VERCEL ? AbortSignal.timeout(maxDuration * 1_000 - RESERVE_MS) : serverStops,
});
