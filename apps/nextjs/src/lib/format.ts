// English for everyone, like the text around it.
const LOCALE = "en";

const numbers = new Intl.NumberFormat(LOCALE);
const times = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeStyle: "medium", timeZone: "UTC" });
const days = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeZone: "UTC" });
const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: "auto" });

const SECOND = 1_000;
const units = [
  ["day", 24 * 60 * 60 * SECOND],
  ["hour", 60 * 60 * SECOND],
  ["minute", 60 * SECOND],
  ["second", SECOND],
] as const;

export const formatNumber = (value: number): string => numbers.format(value);

/** As in "1 user" or "1,200 users". */
export const formatCount = (value: number, noun: string): string =>
  `${formatNumber(value)} ${noun}${value === 1 ? "" : "s"}`;

/** As in "Nov 25, 2026", in UTC. */
export const formatDay = (time: Date): string => days.format(time);

/** As in "Nov 25, 2026, 12:30:05 AM UTC": the same on the server and in every browser. */
export const formatTime = (time: Date): string => `${times.format(time)} UTC`;

/** How long ago, as in "5 minutes ago". @param now in ms */
export function formatAgo(time: Date, now: number): string {
  // Clocks differ slightly: a time in our future has just passed on Clerk's clock.
  const ms = Math.max(0, now - time.getTime());
  const [unit, length] = units.find(([, length]) => ms >= length) ?? units[3];
  const count = Math.floor(ms / length);
  return count === 0 ? "just now" : relative.format(-count, unit);
}

/** As in "1 min 5 s". @param ms is rounded up to whole seconds */
export function formatDuration(ms: number): string {
  const seconds = Math.ceil(ms / SECOND);
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds} s` : `${minutes} min ${seconds % 60} s`;
}
