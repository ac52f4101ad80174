// Clerk's SDK tolerates 5 s for a session token, and a webhook's time may be 5 min off. An answer's `Date` is exact to a second.
const TOLERATED_MS = 20_000;

/**
 * What is wrong with this machine's clock, and what to do; null if nothing is known to be wrong.
 *
 * @param aheadMs how far our clock is ahead of Clerk's; null or NaN if Clerk's answer had no `Date`
 */
export function clockFault(aheadMs: number | null): string | null {
  if (aheadMs === null || !(Math.abs(aheadMs) > TOLERATED_MS)) return null;
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  return `This server's clock is ${seconds} s ${aheadMs > 0 ? "ahead of" : "behind"} Clerk's: set it with NTP.`;
}
