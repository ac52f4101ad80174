import { after } from "next/server";

/**
 * How work goes on after a route's answer. Vercel ends the function when its time is over, which the route says as
 * `maxDuration`; a server of one's own lets it work for as long as it takes.
 *
 * @param maxDuration in seconds, as the route exports it
 */
export const afterAnswer = (maxDuration: number) => ({
  after,
  timeLimitMs: process.env.VERCEL ? maxDuration * 1_000 : undefined,
});
