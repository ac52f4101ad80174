import { expect, test } from "vitest";
import { formatAgo, formatCount, formatDay, formatDuration, formatTime } from "../src/lib/format.ts";

const NOW = Date.UTC(2026, 10, 25, 12, 0, 0);
const ago = (ms: number) => formatAgo(new Date(NOW - ms), NOW);

test("a time shows its largest whole unit", () => {
  expect(ago(999)).toBe("just now");
  expect(ago(59_999)).toBe("59 seconds ago");
  expect(ago(60_000)).toBe("1 minute ago");
  expect(ago(3 * 3_600_000 + 1)).toBe("3 hours ago");
  expect(ago(24 * 3_600_000)).toBe("yesterday");
});

test("a time on a clock ahead of ours counts as just now", () => {
  expect(ago(-30_000)).toBe("just now");
});

test("an exact time is in UTC, in any time zone of the reader", () => {
  expect(formatTime(new Date(NOW))).toMatch(/^Nov 25, 2026, 12:00:00\sPM UTC$/);
});

test("a wait is rounded up, so that no client retries too early", () => {
  expect(formatDuration(9_001)).toBe("10 s");
  expect(formatDuration(65_000)).toBe("1 min 5 s");
});

test("a count of one uses the singular", () => {
  expect([0, 1, 1_200].map((value) => formatCount(value, "user"))).toEqual(["0 users", "1 user", "1,200 users"]);
});

test("a day is in UTC, in any time zone of the reader", () => {
  expect(formatDay(new Date(Date.UTC(2026, 10, 25, 23, 59)))).toBe("Nov 25, 2026");
});
